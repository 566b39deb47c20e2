"""Cohorts on which training defaults are chosen, and cohorts that confirm the choice once.

Of a kind of cohort, any number can be simulated from a pool of phantoms.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lnmbench.errors import UserError

PLUGIN = Path(__file__).with_name("half_plugin.py")
DATA_VARIABLE = "LNMBENCH_TEST_DATA"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityCohort:
    """A data set with its target and encoder; `folder` is that of a public table."""

    dataset: str
    encoder: str = "none"
    target: str = "n2"
    folder: str = ""

    def resolve_dataset(self) -> str:
        """Return the data set as `lnmbench run` takes it.

        Raises `UserError` if the folder of public tables is not known.
        """
        if not self.folder:
            return self.dataset
        root = os.environ.get(DATA_VARIABLE)
        if not root:
            raise UserError(
                f"{DATA_VARIABLE} is not set", expected="the folder of the public tables"
            )
        return f"{self.dataset},root={Path(root) / self.folder}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortKind:
    """Random subsets of a pool of phantoms, with N2 drawn anew by the parameters in `setting`."""

    pool: str
    encoder: str
    cases: int
    setting: str = ""


def _list_kinds(default: str, visible: str) -> dict[str, CohortKind]:
    """Return the kinds of cohort of two pools: with the default dials, and with visible traits."""
    weak, strong = "effect=2.5,noise=2", "effect=3,noise=3"
    return {
        "n=160": CohortKind(pool=default, encoder=_LITE, cases=160),
        "n=300": CohortKind(pool=default, encoder=_LITE, cases=300),
        "n=600": CohortKind(pool=default, encoder=_LITE, cases=600),
        "n=300, effect=0": CohortKind(pool=default, encoder=_LITE, cases=300, setting="effect=0"),
        f"n=250, visibility=4, {strong}": CohortKind(
            pool=visible, encoder=_LITE, cases=250, setting=strong
        ),
        f"n=300, visibility=4, {weak}": CohortKind(
            pool=visible, encoder=_LITE, cases=300, setting=weak
        ),
        "n=160, ResNet50": CohortKind(pool=default, encoder=_RESNET, cases=160),
        "n=300, ResNet50": CohortKind(pool=default, encoder=_RESNET, cases=300),
    }


_LITE, _RESNET = "efficientnet_lite0", "resnet50:weights=random"
DEVELOPMENT: Mapping[str, SensitivityCohort] = {
    "synthetic A": SensitivityCohort(dataset="synthetic:n=600,seed=31", encoder=_LITE),
    "synthetic B": SensitivityCohort(dataset="synthetic:n=160,seed=32", encoder=_RESNET),
    "synthetic C": SensitivityCohort(dataset="synthetic:n=300,seed=33,effect=0", encoder=_LITE),
    "synthetic D": SensitivityCohort(
        dataset="synthetic:n=250,seed=34,visibility=4,effect=3,noise=3", encoder=_LITE
    ),
    "TCGA half 1": SensitivityCohort(
        dataset="tcga_half:half=development", target="n1", folder="tcga"
    ),
    "lyDATA half 1": SensitivityCohort(
        dataset="lydata_half:half=development", target="n1", folder="lydata"
    ),
}
HELD_OUT: Mapping[str, SensitivityCohort] = {
    "synthetic I": SensitivityCohort(dataset="synthetic:n=600,seed=871", encoder=_LITE),
    "synthetic J": SensitivityCohort(dataset="synthetic:n=160,seed=872", encoder=_RESNET),
    "synthetic K": SensitivityCohort(dataset="synthetic:n=300,seed=873", encoder=_LITE),
    "synthetic L": SensitivityCohort(
        dataset="synthetic:n=300,seed=874,visibility=3,effect=2.5,noise=2", encoder=_LITE
    ),
    "TCGA half 2": SensitivityCohort(dataset="tcga_half:half=held-out", target="n1", folder="tcga"),
    "lyDATA half 2": SensitivityCohort(
        dataset="lydata_half:half=held-out", target="n1", folder="lydata"
    ),
}
COHORTS = {**DEVELOPMENT, **HELD_OUT}

DEVELOPMENT_KINDS: Mapping[str, CohortKind] = {
    f"development, {name}": kind
    for name, kind in _list_kinds(
        "synthetic:n=900,seed=935", "synthetic:n=600,seed=936,visibility=4"
    ).items()
}
HELD_OUT_KINDS: Mapping[str, CohortKind] = {
    f"held out, {name}": kind
    for name, kind in _list_kinds(
        "synthetic:n=900,seed=991", "synthetic:n=600,seed=992,visibility=4"
    ).items()
}
KINDS = {**DEVELOPMENT_KINDS, **HELD_OUT_KINDS}
