"""Overall stage: stage groups (IIIA) and whole TNM classes (T2N1M0), which contain the N class."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.lexicon.cells import find_evidence
from lnmbench.lexicon.normal_form import split_capitals, split_words
from lnmbench.lexicon.vocabulary import find_topics

_CATEGORIES = frozenset(
    prefix + letter for prefix in ("", "p", "c", "yp", "yc", "r") for letter in "tnm"
)
_TOPICS = ("open", "specimen", "before")


def is_overall_stage(name: str, cells: Sequence[str] = ()) -> bool:
    """Return whether a column holds the overall stage, by its cells or else by its name.

    Parameters
    ----------
    name
        The name of the column.
    cells
        Its cells or categories; none for numbers.

    Examples
    --------
    >>> [is_overall_stage(name) for name in ("Overall.Stage", "pTNM", "UICC-Stadium", "分期")]
    [True, True, True, True]
    >>> [is_overall_stage(name) for name in ("pT stage", "N_stage", "grade", "T分期")]
    [False, False, False, False]
    >>> is_overall_stage("x", ["IA", "IB", "IIIA"]), is_overall_stage("grade", ["I", "II", "III"])
    (True, False)
    """
    subjects = {topic.key for topic in find_topics(name, "open")}
    evidence = find_evidence(cells, subjects, name)
    if evidence is not None:
        return evidence.is_group
    words = {*split_words(name).split(), *split_capitals(name).split()}
    if words & {f"{prefix}tnm" for prefix in ("", "p", "c", "yp", "yc", "r")}:
        return True
    return "stage" in subjects and not words & _CATEGORIES
