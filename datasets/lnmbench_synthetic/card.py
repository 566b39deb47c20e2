"""The card of the synthetic cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench import Card

if TYPE_CHECKING:
    from collections.abc import Mapping

_NULL = ("Null cohort: given image and clinical features, pT tells nothing of the nodes.",)
_EFFECT = (
    "pT tells of the nodes beyond image and clinical features (effect {effect:g}): both follow "
    "from an invasiveness that the image shows in part.",
)


def describe(truth: Mapping[str, float], *, effect: float) -> Card:
    """Return the card of a cohort with these known facts."""
    told = _EFFECT if effect else _NULL
    return Card(
        title="Synthetic chest CT phantoms with a known risk of N2",
        license="Apache-2.0",
        source="made by lnmbench; no patient's data went into it",
        citation="lnmbench, its version and the parameters of the cohort",
        labels=(
            "pn: nodal status drawn with the true risk by proportional odds. pt: T stage by the "
            "tumor's size (TNM, 8th edition), raised by pleural invasion, satellite nodules and "
            "invasion of neighbors, which the image does not show."
        ),
        notes=(
            *(note.format(effect=effect) for note in told),
            "AUCs without the word cohort are those of a population of 20,000 such patients. "
            "Clinical features are used there by a logistic model fitted to the population's "
            "risk.",
            "Cells are missing at random.",
        ),
        synthetic=True,
        truth=dict(truth),
    )
