"""Benchmark files, overridden by options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from lnmbench.config.benchmark import Benchmark, BenchmarkOptions
from lnmbench.config.setting_values import MalformedChoice
from lnmbench.config.training_settings import bind_training, require_trials
from lnmbench.errors import UserError, nearest
from lnmbench.toml_file import read_toml


def read_benchmark(file: Path | None, options: BenchmarkOptions) -> Benchmark:
    """Return the benchmark of a TOML file, if there is one, overridden by options.

    Raises `UserError` for an unreadable file, an unknown setting and a wrong value.
    """
    settings = _read_benchmark_file(file) if file is not None else {}
    settings.update({key: value for key, value in options.items() if value is not None})
    training = settings.get("training")
    if isinstance(training, Mapping):
        settings["training"] = bind_training(training)
    try:
        benchmark = Benchmark.model_validate(settings)
    except ValidationError as error:
        raise _user_error(error, file) from error
    require_trials(benchmark.training, benchmark.tune)
    benchmark._named_training = tuple(training) if isinstance(training, Mapping) else ()
    return benchmark


def _read_benchmark_file(file: Path) -> dict[str, object]:
    if not file.exists():
        raise UserError(
            "no such benchmark file", where=str(file), then="check the path of --config"
        )
    return read_toml(file)


def _user_error(error: ValidationError, file: Path | None) -> UserError:
    first = error.errors()[0]
    setting = ".".join(str(part) for part in first["loc"])
    known = list(Benchmark.model_fields)
    if first["type"] == "extra_forbidden":
        return UserError(
            f"unknown setting {setting!r}", where=str(file or ""), then=nearest(setting, known)
        )
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, MalformedChoice):
        where = f" ({file})" if file else ""
        return UserError(f"wrong value for {first['loc'][0]}{where}: {cause}")
    return UserError(
        f"wrong value for {setting}",
        where=str(file or ""),
        expected=re.sub(r"^(Input should be|Value error,) |, unable to parse .*", "", first["msg"]),
        got=repr(first["input"])[:60],
    )
