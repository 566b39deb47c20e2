"""What the cohorts of lyDATA are, how to get them, and what to beware of."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench import Card
from lnmbench.records import RemoteFile, Source

LICENSE = "CC BY-SA 4.0"
_REPOSITORY = "https://github.com/lycosystem/lydata"
_ARTICLES = {
    "2021-usz-oropharynx": "Ludwig et al., Data Brief 2022, doi 10.1016/j.dib.2022.108345",
    "2021-clb-oropharynx": "Data Brief 2023, doi 10.1016/j.dib.2023.110020",
    "2023-clb-multisite": "Data Brief 2023, doi 10.1016/j.dib.2023.110020",
    "2023-isb-multisite": "Werlen et al., lyDATA: 2023 ISB Multisite, "
    "doi 10.5281/zenodo.10210423, and Data Brief 2023, doi 10.1016/j.dib.2023.110020",
    "2025-hvh-oropharynx": "Data Brief 2025, doi 10.1016/j.dib.2025.111546",
    "2025-ukf-hypopharynx": "doi 10.5281/zenodo.16963000",
    "2025-umcg-hypopharynx-larynx": "doi 10.5281/zenodo.16962870",
    "2025-usz-hypopharynx-larynx": "doi 10.5281/zenodo.16962705",
}

SOURCE = Source(
    license=LICENSE,
    steps=(
        f"get other cohorts of {_REPOSITORY} into folders of their own beside this one, "
        "each with its data.csv",
    ),
    files=(
        RemoteFile(
            url="https://raw.githubusercontent.com/lycosystem/lydata/"
            "4c41306c0d054fa99e776d06d3c8395883587db0/2023-isb-multisite/data.csv",
            name="2023-isb-multisite/data.csv",
            sha256="bdd67d511345854970d96b0a046f93d98c7fc9b3ea02adc6c83e408b399d05ae",
            bytes=193281,
        ),
    ),
    citation=_ARTICLES["2023-isb-multisite"],
)


def make_card(cohorts: Sequence[str]) -> Card:
    """Return the card of the joined cohorts."""
    return Card(
        title=f"lyDATA: {', '.join(cohorts)}",
        license=LICENSE,
        source=_REPOSITORY,
        citation="; ".join(
            dict.fromkeys(
                [
                    "Ludwig et al., lyDATA, doi 10.5281/zenodo.5833835",
                    *(_ARTICLES[name] for name in cohorts if name in _ARTICLES),
                ]
            )
        ),
        labels="n1: metastasis in any lymph node level that pathology examined; stations: one "
        "label a level and side, unknown where it was not examined; pT: the T class where its "
        "prefix is p, of head and neck (editions 7 and 8 by cohort)",
        notes=(
            "Head and neck cancer: levels I to X of the neck, not the stations of the lung.",
            "Which levels are dissected depends on what was seen before surgery, so a level's "
            "known labels are not a random sample; a patient with few levels examined can be a "
            "false negative.",
            "Nodes that were resected en bloc over several levels count for none of them: a "
            "patient whose only positive nodes are such is negative unless enbloc=true.",
            "HPV status (p16) may have been read from the specimen in some patients.",
            "The clinical T class is no feature: it stands in the table only for patients "
            "without a pathological one.",
        ),
    )
