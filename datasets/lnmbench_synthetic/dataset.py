"""The data set `synthetic`: patients of a causal model, with phantoms as images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lnmbench import Card, Case, UserError
from lnmbench_synthetic.model import CausalModel, PtRule

# What simulates patients is imported where it is used: `lnmbench list` reads the parameters alone.
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lnmbench import Column
    from lnmbench_synthetic.nodes import Nodes
    from lnmbench_synthetic.patients import Patients
    from lnmbench_synthetic.phantom import Phantom

PREVALENCES = (0.02, 0.60)
EFFECTS = (0.0, 10.0)
NOISES = (0.1, 20.0)
VISIBILITIES = (1.0, 4.0)

# Second entry of the seeds of independent draws; a phantom's is 2.
_PATIENTS, _OUTCOMES, _OTHER_PATIENTS, _UNKNOWN_LABELS, _CELL_FREE_DNA = 1, 3, 4, 5, 6
_UNKNOWN_IMAGES = 7


class Synthetic:
    """Chest phantoms and clinical features of `n` patients whose true risk of N2 is known.

    At `effect=0`, nodal status is independent of pT given the clinical features and what the image
    shows (size, lobulation, spiculation, solid share), also where clinical values are missing. This
    is no null for learning pT: it tells of the size and of the other traits, which carry risk, so
    that learning it can truly help. `pt=independent` is the null: pT of another, random patient.
    `pt=latent` is the other end: pT is the invasiveness itself, cut into seven classes.

    Patients and images of a seed depend on `visibility` alone; other parameters change nodal status
    (`effect`, `prevalence`, `noise`, `outcome_seed`), pT (`pt`) and the labels that are known. A
    smaller cohort is the beginning of a larger one with the same seed.

    Parameters
    ----------
    n
        Number of patients.
    seed
        Seed of the cohort.
    effect
        Strength of the information in pT about nodal status beyond image and clinical features.
    prevalence
        Share of N2 in the simulated population.
    images
        Whether the cases have images; without them, the cohort is a clinical table.
    noise
        Number that divides the log odds of N2, 0.1 to 20: a larger one makes N2 more random.
    visibility
        Visibility of the solid share in the image, 1 to 4: contrast of core, rim and halo, and
        closeness to the invasiveness.
    pt
        Rule for pT: `derived` from the tumor, `independent` of everything, or the `latent`
        invasiveness.
    known_pt, known_n
        Share of patients whose pT and pN are known; the others are missing at random.
    outcome_seed
        Seed that redraws the nodal status of the same patients; 0 is the usual status.
    cfdna
        Number of features of cell-free DNA (modality `cfdna`), a tenth of which depends on N2.
    cfdna_auc
        AUC for N2 of the best linear score of these features, 0.5 to 0.99.
    known_cfdna
        Share of patients who have these features; of the others, all are missing, at random.
    known_images
        Share of patients who have images; the others have none, at random.

    Raises
    ------
    UserError
        If a parameter is out of range.
    """

    def __init__(
        self,
        n: int = 160,
        seed: int = 0,
        effect: float = 1.0,
        prevalence: float = 0.25,
        images: bool = True,
        noise: float = 1.0,
        visibility: float = 1.0,
        pt: PtRule = "derived",
        known_pt: float = 1.0,
        known_n: float = 1.0,
        outcome_seed: int = 0,
        cfdna: int = 0,
        cfdna_auc: float = 0.75,
        known_cfdna: float = 1.0,
        known_images: float = 1.0,
    ) -> None:
        _require_in_range("n", n, 1, 100_000)
        _require_in_range("seed", seed, 0, math.inf)
        _require_in_range("effect", effect, *EFFECTS)
        _require_in_range("prevalence", prevalence, *PREVALENCES)
        _require_in_range("noise", noise, *NOISES)
        _require_in_range("visibility", visibility, *VISIBILITIES)
        _require_in_range("known_pt", known_pt, 0.0, 1.0)
        _require_in_range("known_n", known_n, 0.0, 1.0)
        _require_in_range("outcome_seed", outcome_seed, 0, math.inf)
        _require_in_range("cfdna", cfdna, 0, 10_000)
        _require_in_range("cfdna_auc", cfdna_auc, 0.5, 0.99)
        _require_in_range("known_cfdna", known_cfdna, 0.0, 1.0)
        _require_in_range("known_images", known_images, 0.0, 1.0)
        import numpy as np

        from lnmbench_synthetic.card import make_card
        from lnmbench_synthetic.cell_free_dna import CellFreeDna
        from lnmbench_synthetic.clinical_record import COLUMNS, TRUTH_COLUMNS, KnownLabels
        from lnmbench_synthetic.draws import draw
        from lnmbench_synthetic.nodes import draw_nodes
        from lnmbench_synthetic.patients import derive_patients
        from lnmbench_synthetic.truth import compute_truth
        from lnmbench_synthetic.tumor_stage import assign_t_stage

        model = CausalModel(
            effect=effect, prevalence=prevalence, noise=noise, visibility=visibility, pt=pt
        )
        self._seed, self._visibility = seed, visibility
        self._known_images = known_images if images else 0.0
        self._known = KnownLabels(pt=known_pt, pn=known_n)
        self._draws = draw(n, np.random.default_rng((seed, _PATIENTS)))
        if outcome_seed:
            generator = np.random.default_rng((seed, _OUTCOMES, outcome_seed))
            self._draws = self._draws.redraw("nodal_status", generator)
        self.patients: Patients = assign_t_stage(
            derive_patients(self._draws, visibility),
            pt,
            np.random.default_rng((seed, _OTHER_PATIENTS)),
        )
        self.nodes: Nodes = draw_nodes(self._draws, self.patients, model)
        self._blood = CellFreeDna(features=cfdna, auc=cfdna_auc, known=known_cfdna)
        self.columns: Sequence[Column] = (*COLUMNS, *self._blood.columns, *TRUTH_COLUMNS)
        truth = compute_truth(self.patients, self.nodes, model)
        if cfdna:
            truth |= self._blood.truth(model)
        self.card: Card = make_card(truth, model, known_n=known_n)
        self.sources: Sequence[Path] = ()
        self.notes: Sequence[str] = (
            "synthetic phantoms: results hold for the phantoms, not for patients",
        )

    def cases(self) -> Iterator[Case]:
        """Yield each case; its `volume` renders the image, always with the same result."""
        import numpy as np

        from lnmbench_synthetic.clinical_record import make_rows

        rows = make_rows(self._draws, self.patients, self.nodes)
        self._known.remove(rows, np.random.default_rng((self._seed, _UNKNOWN_LABELS)))
        generator = np.random.default_rng((self._seed, _CELL_FREE_DNA))
        panels = self._blood.draw(self.nodes.n2, generator)
        generator = np.random.default_rng((self._seed, _UNKNOWN_IMAGES))
        has_images = generator.random(len(rows)) < self._known_images
        for index, (clinical, panel) in enumerate(zip(rows, panels, strict=True)):
            values = {**clinical, **panel}
            volume = self._make_phantom(index) if has_images[index] else None
            yield Case(id=f"SYN-{index + 1:05d}", values=values, volume=volume)

    def _make_phantom(self, index: int) -> Phantom:
        from lnmbench_synthetic.phantom import Phantom
        from lnmbench_synthetic.tumor import Traits

        patients = self.patients
        traits = Traits(
            size_mm=float(patients.size_mm[index]),
            lobulation=float(patients.lobulation[index]),
            spiculation=float(patients.spiculation[index]),
            solid=float(patients.solid[index]),
        )
        return Phantom(
            seed=self._seed,
            index=index,
            lobe=int(patients.lobe[index]),
            traits=traits,
            visibility=self._visibility,
        )


def _require_in_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        bounds = f"at least {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"
        raise UserError(
            f"parameter {name!r} of synthetic is out of range", expected=bounds, got=f"{value:g}"
        )
