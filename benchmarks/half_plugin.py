"""Halves of public tables: a plugin for `sensitivity.py`.

    lnmbench run --plugin benchmarks/half_plugin.py --encoder none --target n1 \\
        --dataset tcga_half:root=FOLDER,half=held-out
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from lnmbench import Case, UserError, hookimpl
from lnmbench.contracts import Dataset

HALVES = ("development", "held-out")


class _Half:
    """The cases of a data set whose id hashes to one of two values."""

    def __init__(self, whole: Dataset, half: str, seed: int) -> None:
        if half not in HALVES:
            raise UserError("no such half", expected=" or ".join(HALVES), got=half[:40])
        self._whole, self._number, self._seed = whole, HALVES.index(half), seed
        self.columns, self.card = whole.columns, whole.card
        self.sources, self.notes = whole.sources, whole.notes

    def cases(self) -> Iterator[Case]:
        """Yield the cases of this half, in the order of the whole."""
        for case in self._whole.cases():
            digest = hashlib.sha256(f"{self._seed}|{case.id}".encode()).digest()
            if digest[0] % 2 == self._number:
                yield case


class TcgaHalf(_Half):
    """One half of the patients of TCGA LUAD and LUSC, without images."""

    def __init__(
        self,
        root: Path,
        half: Literal["development", "held-out"] = "development",
        cancer: str = "luad+lusc",
        seed: int = 0,
    ) -> None:
        from lnmbench_tcga.tcga import Tcga

        super().__init__(Tcga(root, cancer=cancer, images="no"), half, seed)


class LydataHalf(_Half):
    """One half of the patients of a cohort of lyDATA."""

    def __init__(
        self,
        root: Path,
        half: Literal["development", "held-out"] = "development",
        cohort: str = "2023-isb-multisite",
        seed: int = 0,
    ) -> None:
        from lnmbench_lydata.lydata import Lydata

        super().__init__(Lydata(root, cohort=cohort), half, seed)


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Offer the halves."""
    return {"tcga_half": TcgaHalf, "lydata_half": LydataHalf}
