"""Optional packages of baselines, and files of weights."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from lnmbench import UserError

_DISTRIBUTIONS = {"xgboost": ("xgboost", "xgboost-cpu")}


def require_package(name: str) -> None:
    """Raise `UserError` if the package that has the name of a baseline is not installed."""
    if find_spec(name) is None:
        raise UserError(
            f"baseline {name} requires the package {name}, which is not installed",
            then=f"pip install 'lnmbench[{name}]'",
        )


def package_version(name: str) -> Mapping[str, str]:
    """Return the version of an installed package, by its name."""
    for distribution in _DISTRIBUTIONS.get(name, (name,)):
        try:
            return {name: version(distribution)}
        except PackageNotFoundError:
            continue
    return {}


def require_weights(baseline: str, weights: Path) -> Path:
    """Return the absolute path of a file of weights; `UserError` if there is none."""
    if not weights.is_file():
        raise UserError(
            f"no file of weights for the baseline {baseline}",
            got=str(weights),
            then="download it from its publisher, under its license; lnmbench never does",
        )
    return weights.absolute()
