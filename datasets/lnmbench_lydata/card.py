"""The card of cohorts of lyDATA, their download, and notes on a cohort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lnmbench import Card
from lnmbench.records import RemoteFile, Source
from lnmbench.text import plural
from lnmbench_lydata.cohort_table import CohortTable
from lnmbench_lydata.columns import N1
from lnmbench_lydata.data_file import T_PREFIX, DataFile
from lnmbench_lydata.labels import CLINICAL, has_unassigned_nodes
from lnmbench_lydata.levels import PATHOLOGY, Row

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

_RELEASE = (
    "https://raw.githubusercontent.com/lycosystem/lydata/4c41306c0d054fa99e776d06d3c8395883587db0"
)
# Hash and size of the data.csv of each cohort in the release of September 2025.
_FILES = {
    "2021-clb-oropharynx": (
        "23420b2edacf6a98bd74d5ae400d1893829d9dc41afc6576daf8db9913467490",
        88102,
    ),
    "2021-usz-oropharynx": (
        "7161bf36362f95dbc018dc6958b1733400d2e954cc4115e78dac630be088bf8d",
        169719,
    ),
    "2023-clb-multisite": (
        "3bcbd10b4d4e2a2b51196b30d0559f5d19dad38d012708438b5045062176b7cd",
        108673,
    ),
    "2023-isb-multisite": (
        "bdd67d511345854970d96b0a046f93d98c7fc9b3ea02adc6c83e408b399d05ae",
        193281,
    ),
    "2025-hvh-oropharynx": (
        "2eea2b74df0262dd04552273d5863fe974adcf5c94bb37f4f18a95541c681356",
        70816,
    ),
    "2025-ukf-hypopharynx": (
        "8e053155ca70239973244e1cf8e6ba8f050aacd94bda282d561ea80e7bdf6e4a",
        34292,
    ),
    "2025-umcg-hypopharynx-larynx": (
        "3dd1803ab030966f35e7e17414d5d5fbb28ada83531c9a9a04f6b4897e2a9198",
        279017,
    ),
    "2025-usz-hypopharynx-larynx": (
        "ee2f55aac902cced3b6eb84fc40e89cf8f671d7dfecdae4d41b32e9e66dee7ea",
        218550,
    ),
}

SOURCE = Source(
    license=LICENSE,
    steps=(
        f"all cohorts of the release of September 2025 ({_REPOSITORY}) are downloaded; choose "
        "some with cohort=",
    ),
    files=tuple(
        RemoteFile(
            url=f"{_RELEASE}/{cohort}/data.csv",
            name=f"{cohort}/data.csv",
            sha256=sha256,
            bytes=size,
        )
        for cohort, (sha256, size) in _FILES.items()
    ),
    citation="Ludwig et al., lyDATA, doi 10.5281/zenodo.5833835",
)


def make_card(cohorts: Sequence[str]) -> Card:
    """Return the card of these cohorts together."""
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
        "label per level and side, unknown if the level was not examined; pT and cT: T stage "
        "with the prefix p or c, of head and neck (7th or 8th edition, by cohort)",
        notes=(
            "Head and neck cancer: levels I to X of the neck, not the stations of lung cancer.",
            "The choice of dissected levels depends on preoperative findings, so the known labels "
            "of a level are not a random sample; a patient with few examined levels can be a false "
            "negative.",
            "Nodes resected en bloc across several levels are assigned to no level: a patient with "
            "no other positive nodes is negative unless enbloc=true.",
            "In some patients, HPV status (p16) may come from the specimen.",
            "The clinical T stage is an auxiliary label and no feature: the table has it only for "
            "patients without a pathological one.",
        ),
    )


def describe_files(files: Sequence[DataFile], *, renamed: bool, unclear: int) -> Iterator[str]:
    """Yield notes on the cohorts that were read, their headers and ids.

    Parameters
    ----------
    files
        The cohorts.
    renamed
        Whether the ids have the names of the cohorts as prefixes.
    unclear
        Number of patients without an ipsilateral side.
    """
    yield "read " + ", ".join(
        f"{file.cohort} ({plural(len(file.rows), 'patient')})" for file in files
    )
    for file in files:
        yield from file.notes
    old = [file.cohort for file in files if file.has_old_header]
    if old:
        yield (
            f"old header of {', '.join(old)}: '#', '1' and 'info' are read as 'core', "
            "'stage_prefix' as 't_stage_prefix'"
        )
    if renamed:
        yield "cohorts share patient ids, so each id has the name of its cohort as a prefix"
    if unclear:
        yield (
            f"{plural(unclear, 'patient has', 'patients have')} levels by left and right and a "
            "tumor on neither side: the ipsilateral and contralateral levels are unknown"
        )


def describe_labels(table: CohortTable, rows: Sequence[Row], *, enbloc: bool) -> Iterator[str]:
    """Yield notes on the derivation of the labels, with counts.

    Parameters
    ----------
    table
        The table of the cohort.
    rows
        The patients.
    enbloc
        Whether unassigned positive nodes make a patient positive.
    """
    if N1.name in table.values:
        positive = Counter(table.values[N1.name])["True"]
        yield (
            f"n1: {positive} of {table.count_known(N1.name)} patients have an involved level; "
            f"{len(rows) - table.count_known(N1.name)} were not examined by {PATHOLOGY}"
        )
    else:
        yield f"n1: no patient was examined by {PATHOLOGY}"
    unassigned = sum(has_unassigned_nodes(row, "") for row in rows)
    if unassigned:
        counted = "positive" if enbloc else "negative (enbloc=true counts them as positive)"
        yield (
            f"n1: {plural(unassigned, 'patient has', 'patients have')} no involved level, but "
            "positive nodes that were resected en bloc and are assigned to no level; counted as "
            f"{counted}"
        )
    prefixes = Counter(row.get(T_PREFIX, "").casefold() for row in rows)
    if prefixes[CLINICAL]:
        yield f"pT: unknown for {plural(prefixes[CLINICAL], 'patient')} with a clinical T stage"


def describe_features(
    table: CohortTable, rows: Sequence[Row], examinations: Sequence[str]
) -> Iterator[str]:
    """Yield notes on missing values of the features, and on unused columns.

    Parameters
    ----------
    table
        The table of the cohort.
    rows
        The patients.
    examinations
        The examinations before surgery whose levels are features.
    """
    features = [column.name for column in table.columns if column.role == "feature"]
    by_level = {
        source: max(table.count_known(name) for name in names)
        for source in examinations
        if (names := [name for name in features if name.startswith(f"{source} ")])
    }
    if by_level:
        counts = ", ".join(f"{source} of {known}" for source, known in by_level.items())
        yield (
            f"levels by imaging: {counts} of {len(rows)} patients; a level of which a cohort has "
            "only the sublevels (Ia, Ib) is involved if one of them is, and not involved if none is"
        )
    missing = ", ".join(_count_missing(table, features, examinations))
    yield f"missing values in the features, of {len(rows)} patients: {missing or 'none'}"
    yield (
        f"{len(features)} variables known before surgery are used; constant columns, dates, "
        "treatment, N and M category, counts of nodes and planning CT are not"
    )


def _count_missing(
    table: CohortTable, features: Sequence[str], examinations: Sequence[str]
) -> Iterator[str]:
    """Yield each feature with its count of missing values; levels of an examination together."""
    counts = {name: sum(cell == "" for cell in table.values[name]) for name in features}
    for source in examinations:
        levels = {name for name in counts if name.startswith(f"{source} ")}
        unknown = sorted({counts.pop(name) for name in levels})
        if unknown and unknown[-1]:
            span = f"{unknown[0]} to {unknown[-1]}" if len(unknown) > 1 else str(unknown[0])
            yield f"every level by {source} {span}"
    yield from (f"{name} {count}" for name, count in counts.items() if count)
