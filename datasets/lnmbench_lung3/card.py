"""The card of Lung3, its download, and notes on a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lnmbench import Card
from lnmbench.records import Source
from lnmbench.text import plural
from lnmbench_lung3.columns import NODES, TUMOR

_CARD = Card(
    title="NSCLC-Radiomics-Genomics, Lung3 (TCIA)",
    license="CC BY-NC 3.0",
    source="The Cancer Imaging Archive, doi 10.7937/K9/TCIA.2015.L4FRET6Z",
    citation="Aerts H. J. W. L. et al., Decoding tumour phenotype by noninvasive imaging using a "
    "quantitative radiomics approach, Nat Commun 2014, doi 10.1038/ncomms5006",
    labels="pathological N and T of the resected specimen; the table does not say the AJCC edition",
    notes=(
        "The only features are sex and lobe: age and smoking are not in the table. They carry "
        "little information about nodal status.",
        "There are few events (25 pN+, 7 pN2): do not expect to rank methods on this cohort.",
        "Size, histology and grade may be those of the specimen: they are auxiliary labels and no "
        "features. The M category and gene expression are not used.",
    ),
)
_WITHOUT_IMAGES = "No images: clinical table only."
_WITH_IMAGES = (
    "A DICOM SEG or RTSTRUCT of the patient marks the tumor: report whose segmentations you used."
)
SOURCE = Source(
    license=_CARD.license,
    steps=(
        "open the collection's page: https://doi.org/10.7937/K9/TCIA.2015.L4FRET6Z",
        "download the clinical data (Lung3.metadata) and save it as CSV",
        "for images, download the CT with the NBIA Data Retriever, or with idc-index from the "
        "Imaging Data Commons (collection nsclc_radiomics_genomics), and a DICOM SEG or RTSTRUCT "
        "of each tumor, of your own or of the archive",
        "put all files below one folder and pass it as root; folder names do not matter",
    ),
    citation=_CARD.citation,
)


def make_card(*, images: bool) -> Card:
    """Return the card of the collection."""
    return replace(_CARD, notes=(*_CARD.notes, _WITH_IMAGES if images else _WITHOUT_IMAGES))


def describe_rows(
    rows: Sequence[Mapping[str, str]], values: Sequence[Mapping[str, str]], metastases: int
) -> Iterator[str]:
    """Yield notes on stages, missing values and patients who are left out.

    Parameters
    ----------
    rows
        The patients of the table.
    values
        Their values of the cohort's columns.
    metastases
        Number of rows that are samples of metastases.
    """
    if metastases:
        yield f"{plural(metastases, 'row is', 'rows are')} no primary tumor and left out"
    for name, source in (("pn", NODES), ("pt", TUMOR)):
        counts = Counter(row[name] for row in values)
        known = ", ".join(f"{stage} {counts[stage]}" for stage in sorted(counts) if stage)
        yield f"{name}: {known}; unknown {counts['']} ({source})"
    missing = {
        name: sum(row[name] == "" for row in values) for name in ("sex", "lobe", "size", "grade")
    }
    counted = ", ".join(f"{name} {count}" for name, count in missing.items() if count)
    yield f"missing values: {counted or 'none'}"
    yield (
        f"sex and lobe of {plural(len(rows), 'patient')} are features; all other columns are not, "
        "because they are known only after surgery or describe the sample"
    )
