"""The card of Lung1, its download, and notes on a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from lnmbench import Card, UserError
from lnmbench.records import Source
from lnmbench_nsclc_radiomics.columns import (
    MISSING,
    N_CLASSES,
    NODES,
    T_CLASSES,
    TUMOR,
    read_code,
)

_CLINICAL = (
    "CLINICAL N: no patient's lymph nodes were examined by pathology. Clinical.N.Stage was "
    "assessed by imaging before radiotherapy"
)
CARD = Card(
    title="NSCLC-Radiomics, Lung1 (TCIA)",
    license="CC BY-NC 3.0",
    source="The Cancer Imaging Archive, doi 10.7937/K9/TCIA.2015.PF0M9REI",
    citation="Aerts H. J. W. L. et al., Decoding tumour phenotype by noninvasive imaging using a "
    "quantitative radiomics approach, Nat Commun 2014, doi 10.1038/ncomms5006",
    labels="cn: CLINICAL N category (by imaging; the AJCC edition in use at the time). It is not a "
    "pathological label: a model learns to reproduce the reading of the same images",
    notes=(
        _CLINICAL,
        "Patients had radiotherapy, alone or with chemotherapy. Most are inoperable, so stages "
        "are higher than in a surgical cohort.",
        "Tumor: ROI GTV-1 of the RTSTRUCT, or else segment 'Neoplasm, Primary' of the SEG; "
        "LUNG1-128 has no SEG. Further GTVs are nodes and other lesions.",
        "The clinical T stage is known before treatment and is a feature. The overall stage "
        "contains the N category and is not used, nor are M category and survival.",
    ),
)
SOURCE = Source(
    license=CARD.license,
    steps=(
        "open the collection's page: https://doi.org/10.7937/K9/TCIA.2015.PF0M9REI",
        "download the clinical data (NSCLC-Radiomics-Lung1.clinical-version3-Oct-2019.csv)",
        "download the images with the NBIA Data Retriever (about 35 GB), or with idc-index from "
        "the Imaging Data Commons (collection nsclc_radiomics)",
        "put all files below one folder and pass it as root; folder names do not matter",
    ),
    citation=CARD.citation,
)


def describe_rows(rows: Sequence[Mapping[str, str]], *, as_target: bool) -> Iterator[str]:
    """Yield notes on the clinical N category and on the counts of both classifications.

    Raises `UserError` for a code that is neither a whole number nor missing.
    """
    if as_target:
        yield f"WARNING: {_CLINICAL}; clinical_n_as_target=true derives targets n1 and n2 from it"
    else:
        yield (
            f"WARNING: {_CLINICAL}; its label is cn, and the targets n1 and n2 are refused unless "
            "clinical_n_as_target=true"
        )
    for name, classes in ((NODES, N_CLASSES), (TUMOR, T_CLASSES)):
        counts = Counter(read_code(row[name]) for row in rows)
        known = ", ".join(f"{classes[code]} {counts[code]}" for code in classes)
        others = {code: counts[code] for code in sorted(counts) if code not in classes}
        _refuse_texts(name, others)
        unknown = ", ".join(f"{code or 'empty'} {count}" for code, count in others.items())
        yield f"{name}: {known}" + (f"; counted as unknown: {unknown}" if unknown else "")


def _refuse_texts(name: str, codes: Mapping[str, int]) -> None:
    """Raise `UserError` for a code that is neither a whole number nor missing."""
    for code in codes:
        if code not in MISSING and not code.isdecimal():
            raise UserError(
                f"column {name!r} holds {code[:40]!r}",
                expected="a category as a whole number, or NA",
            )
