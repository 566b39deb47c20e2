"""The card of NSCLC Radiogenomics, its download, and notes on a table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lnmbench import Card, Column
from lnmbench.records import Source
from lnmbench_radiogenomics.columns import (
    CENTER,
    COLUMNS,
    FEATURES,
    ID,
    NODES,
    PACK_YEARS,
    TUMOR,
    has_never_smoked,
)
from lnmbench_radiogenomics.pathology import FINDINGS

_CARD = Card(
    title="NSCLC Radiogenomics (TCIA)",
    license="CC BY 3.0",
    source="The Cancer Imaging Archive, doi 10.7937/K9/TCIA.2017.7hs46erv",
    citation="Bakr S. et al., A radiogenomic dataset of non-small cell lung cancer, "
    "Sci Data 2018, doi 10.1038/sdata.2018.202",
    labels="pathological N and T of the resected specimen, AJCC 7th edition (the table has no "
    "T1c); patients AMC-… have no pathological stages",
    notes=(
        "Histology is not a feature: the table does not say whether it comes from the biopsy or "
        "from the specimen. It, grade and invasion are auxiliary labels; mutations are not used.",
        "There are few events (33 pN+, 18 pN2), and the clinical variables carry almost no "
        "information about nodal status: do not expect to rank methods on this cohort.",
        "Dates in the table are shifted; none is used.",
    ),
)
_WITHOUT_IMAGES = "No images: clinical table only."
_WITH_IMAGES = (
    "144 patients, all R01-…, have a segmentation (series 1000, by Stanford). The CT is the series "
    "on which it was drawn; localizers, other planes and PET/CT are not used. Scanners, protocols "
    "and contrast agents vary."
)
SOURCE = Source(
    license=_CARD.license,
    steps=(
        "open the collection's page: https://doi.org/10.7937/K9/TCIA.2017.7hs46erv",
        "download the clinical data (CSV)",
        "download the images with the NBIA Data Retriever (about 100 GB), or with idc-index from "
        "the Imaging Data Commons (collection nsclc_radiogenomics)",
        "put all files below one folder and pass it as root; folder names do not matter",
    ),
    citation=_CARD.citation,
)


def make_card(*, images: bool) -> Card:
    """Return the card of the collection."""
    return replace(_CARD, notes=(*_CARD.notes, _WITH_IMAGES if images else _WITHOUT_IMAGES))


def describe_rows(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield notes on unknown, completed and unused values, with counts."""
    for name in (NODES, TUMOR):
        unknown = sum(math.isnan(_find_column(name).encode(row[name])) for row in rows)
        yield f"{name}: unknown for {unknown} of {len(rows)} patients"
    yield f"{PACK_YEARS}: 0 for {sum(map(has_never_smoked, rows))} nonsmokers, whose value is N/A"
    missing = {
        column.name: sum(math.isnan(column.encode(row[column.name])) for row in rows)
        for column in FEATURES
        if column.name != PACK_YEARS
    }
    counts = ", ".join(f"{name} {count}" for name, count in missing.items() if count)
    yield f"missing values in the features: {counts or 'none'}"
    used = {ID, CENTER, *(c.name for c in COLUMNS), *(finding.name for finding in FINDINGS)}
    left_out = [name for name in rows[0] if name not in used]
    yield (
        f"{len(left_out)} columns are not used, because they are known only after surgery, may "
        f"date from after surgery, or are dates: {', '.join(map(repr, left_out))}"
    )


def _find_column(name: str) -> Column:
    return next(column for column in COLUMNS if column.name == name)
