"""Choice of one sample of each patient: the primary tumor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from lnmbench import UserError
from lnmbench.text import join_first, plural, quote
from lnmbench_cbioportal.clinical_file import ClinicalFile, find_attribute

_SAMPLE_TYPE = ("SAMPLE_TYPE", "Sample Type", "SAMPLE_CLASS")
_PRIMARY = ("primary", "primary tumor", "primary tumour", "primary solid tumor")
_UNKNOWN = ("", "tumor", "tumour")
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSamples:
    """Rows of the chosen samples, one a patient, and notes on the others."""

    indices: tuple[int, ...]
    notes: tuple[str, ...]


def choose_samples(samples: ClinicalFile, owners: Sequence[str]) -> ChosenSamples:
    """Return one primary sample of each patient: of several, the first one of the file.

    A sample of unknown type counts if no sample of the patient is known to be primary.

    Parameters
    ----------
    samples
        The file of the samples, or a download.
    owners
        The patient of each sample.

    Raises
    ------
    UserError
        If no sample is a primary tumor, or can be one.
    """
    position = find_attribute(samples.attributes, *_SAMPLE_TYPE)
    types = [""] * len(owners) if position is None else samples.column(position)
    primary: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for index, (owner, cell) in enumerate(zip(owners, types, strict=True)):
        name = " ".join(cell.casefold().split())
        if name in _PRIMARY:
            primary.setdefault(owner, index)
        elif name in _UNKNOWN:
            unknown.setdefault(owner, index)
    chosen = unknown | primary
    if not chosen:
        raise UserError(
            "no sample of the study is a primary tumor",
            where=str(samples.path),
            expected="Primary as the type of a sample",
            got=join_first([quote(cell) for cell in sorted(set(types))], _EXAMPLES),
        )
    return ChosenSamples(
        indices=tuple(sorted(chosen.values())),
        notes=tuple(_describe(owners, chosen, has_types=bool(primary))),
    )


def _describe(owners: Sequence[str], chosen: Collection[str], *, has_types: bool) -> Iterator[str]:
    several = sum(count > 1 for count in Counter(owners).values())
    if several:
        which = "the first sample of the primary tumor" if has_types else "the first sample"
        yield (
            f"{plural(several, 'patient has', 'patients have')} more than one sample: {which} of "
            "each is used"
        )
    without = len(set(owners)) - len(chosen)
    if without:
        yield (
            f"{plural(without, 'patient has', 'patients have')} no sample of the primary tumor, "
            f"but of a metastasis or recurrence: left out"
        )
