"""The data set `synthetic`: patients of the causal model, with phantoms for images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from lnmbench import Case, UserError
from lnmbench_synthetic.card import describe
from lnmbench_synthetic.draws import draw
from lnmbench_synthetic.nodes import Nodes, nodes
from lnmbench_synthetic.patients import Patients, patients
from lnmbench_synthetic.table import COLUMNS, cells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lnmbench import Card, Column
    from lnmbench_synthetic.phantom import Phantom

PREVALENCES = (0.02, 0.60)
EFFECTS = (0.0, 10.0)


class Synthetic:
    """Chest phantoms and clinical features of `n` patients whose true risk of N2 is known.

    `effect` scales what pT tells of the nodes beyond image and clinical features. At `effect=0`
    the nodal status is independent of pT given what the image shows (size, lobulation, spiculation,
    solid share) and the clinical features, even where some of their cells are missing: the null
    cohort. It is null in information, not in optimization: pT is still partly visible in the image,
    so learning it may help a network to see, or hinder it; the shuffled control tells those apart.

    Patients and images of a seed are the same whatever `effect` and `prevalence`; only nodal
    status differs. The first patients of a larger cohort are the smaller cohort of the same seed.

    Parameters
    ----------
    n : int
        Patients.
    seed : int
        Which cohort is drawn.
    effect : float
        0 for the null cohort, 1 for the usual one.
    prevalence : float
        Share of N2 in the population that the patients are drawn from.
    images : bool
        Whether the cases have images; without them only the clinical table is made.
    """

    def __init__(
        self,
        n: int = 160,
        seed: int = 0,
        effect: float = 1.0,
        prevalence: float = 0.25,
        images: bool = True,
    ) -> None:
        _require("n", n, 1, 100_000)
        _require("seed", seed, 0, math.inf)
        _require("effect", effect, *EFFECTS)
        _require("prevalence", prevalence, *PREVALENCES)
        from lnmbench_synthetic.truth import truth

        self._seed, self._images = seed, images
        self._draws = draw(n, np.random.default_rng((seed, 1)))
        self.patients: Patients = patients(self._draws)
        self.nodes: Nodes = nodes(self._draws, self.patients, effect=effect, prevalence=prevalence)
        self.columns: Sequence[Column] = COLUMNS
        known = truth(self.patients, self.nodes, effect=effect, prevalence=prevalence)
        self.card: Card = describe(known, effect=effect)
        self.sources: Sequence[Path] = ()
        self.notes: Sequence[str] = (
            "synthetic phantoms: what is found here is true of the phantoms, not of patients",
        )

    def cases(self) -> Iterator[Case]:
        """Yield every case; its image is rendered when `volume` is called, always the same."""
        rows = cells(self._draws, self.patients, self.nodes)
        for index, values in enumerate(rows):
            volume = self._phantom(index) if self._images else None
            yield Case(id=f"SYN-{index + 1:05d}", values=values, volume=volume)

    def _phantom(self, index: int) -> Phantom:
        from lnmbench_synthetic.phantom import Phantom
        from lnmbench_synthetic.tumor import Traits

        people = self.patients
        traits = Traits(
            size_mm=float(people.size_mm[index]),
            lobulation=float(people.lobulation[index]),
            spiculation=float(people.spiculation[index]),
            solid=float(people.solid[index]),
        )
        return Phantom(seed=self._seed, index=index, lobe=int(people.lobe[index]), traits=traits)


def _require(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        bounds = f"at least {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"
        raise UserError(
            f"parameter {name!r} of synthetic is out of range", expected=bounds, got=f"{value:g}"
        )
