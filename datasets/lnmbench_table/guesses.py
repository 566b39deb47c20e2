"""Guesses of kind, categories, numbers and time of a column, for its owner to confirm."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lnmbench.lexicon.cells import find_evidence, is_date, is_ratio
from lnmbench.lexicon.class_order import order_classes
from lnmbench.lexicon.missing import is_missing, is_unassessed
from lnmbench.lexicon.timing import Verdict, judge_column
from lnmbench.lexicon.tnm_class import read_n_class, read_t_class
from lnmbench.lexicon.vocabulary import find_topics, has_role
from lnmbench.records import Kind
from lnmbench.text import fold_spelling, plural, quote
from lnmbench_table.numbers import Numbers, read_numbers

MOST_CATEGORIES = 12
LONGEST_CATEGORY = 60
SHORTEST_REPORT = 40
SHORTEST_CJK_REPORT = 15
_EXAMPLES = 3

_RANK = re.compile(r"(stage |grade )?(g?[0-4]|i{1,3}|iv|v)([a-c])?", re.IGNORECASE)
_CLASS_NUMBER = re.compile(r"[TNM]\s?(\d)", re.IGNORECASE)
_PATHOLOGY_TEXT = re.compile(r"\bR[012]\b|\by?pT[0-4is]|\by?pN[0-3X]")
_READERS = {"pn": read_n_class, "pt": read_t_class}
_CJK_TEXT = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A guess about a column. `problem` says why it should not be used; empty if it can be.

    `cell_label` is the label that the cells suggest, `label` the same if name or cells also refer
    to pathology. `is_ordered` is false for two classes whose words do not say which is negative.
    `excluded` counts the cells of a label that are clinical classes, or classes after neoadjuvant
    therapy; their spellings are among the missing ones.
    """

    kind: Kind = "nominal"
    categories: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    numbers: Numbers = field(default_factory=Numbers)
    verdict: Verdict
    cell_label: str = ""
    label: str = ""
    problem: str = ""
    is_ordered: bool = True
    excluded: int = 0


def guess_column(name: str, cells: Sequence[str]) -> Guess:
    """Return a guess about a column from its name and its cells (stripped text)."""
    filled = [cell for cell in cells if cell]
    cell_label = guess_label(name, filled)
    missing = _find_missing(filled, cell_label)
    known = [cell for cell in filled if fold_spelling(cell) not in missing]
    verdict = judge_column(name, known)
    is_pathological = verdict.time == "after" and _names_pathology(name, known)
    excluded = _find_excluded(known, cell_label) if is_pathological else {}
    staged, known = known, [cell for cell in known if fold_spelling(cell) not in excluded]
    numbers = read_numbers(name, known)
    kind, categories, problem = _guess_kind(name, known, numbers, ordered=bool(cell_label))
    return Guess(
        kind=kind,
        categories=categories,
        missing=tuple(sorted({*missing.values(), *numbers.missing, *excluded.values()})),
        numbers=numbers if kind == "continuous" else Numbers(),
        verdict=verdict,
        cell_label=cell_label,
        label=cell_label if is_pathological else "",
        problem=problem,
        is_ordered=kind != "binary" or order_classes(categories) is not None,
        excluded=len(staged) - len(known),
    )


def guess_label(name: str, cells: Sequence[str]) -> str:
    """Return `pn` or `pt` for cells that look like pathological N or T classes, or else nothing.

    Classes without a prefix (N0, T1a) count as pathological unless the name says clinical.
    """
    verdict = judge_column(name, cells)
    if verdict.time == "before":
        return ""
    subjects = {topic.key for topic in find_topics(name, "open")}
    evidence = find_evidence([cell for cell in cells if not is_unassessed(cell)], subjects, name)
    return evidence.label if evidence is not None else ""


def is_report(name: str, cells: Sequence[str]) -> bool:
    """Return whether a column seems to hold imaging reports, not those of pathology or surgery."""
    is_named = has_role(name, "report") and judge_column(name, ()).time == "before"
    return is_named and holds_text(cells)


def holds_text(cells: Sequence[str]) -> bool:
    """Return whether the cells are free text: half of them are as long as a sentence."""
    lengths = [_count_characters(cell) for cell in cells if cell and not is_missing(cell)]
    return bool(lengths) and statistics.median(lengths) >= SHORTEST_REPORT


def speaks_of_pathology(cells: Sequence[str]) -> bool:
    """Return whether a tenth of the texts speak of the pathology or of the time after surgery."""
    texts = [cell for cell in cells if cell]
    late = [bool(_PATHOLOGY_TEXT.search(text)) or _mentions_specimen(text) for text in texts]
    return bool(texts) and sum(late) >= len(texts) / 10


def _mentions_specimen(text: str) -> bool:
    topics = find_topics(text, "outcome", "specimen")
    return any(topic.key in ("pathology", "adjuvant", "postoperative") for topic in topics)


def _count_characters(cell: str) -> float:
    """Return the length of a text as that of Latin letters: a CJK character is a word."""
    cjk = len(_CJK_TEXT.findall(cell))
    return len(cell) + cjk * (SHORTEST_REPORT / SHORTEST_CJK_REPORT - 1)


def _names_pathology(name: str, cells: Sequence[str]) -> bool:
    """Return whether the name or the cells say that classes are pathological."""
    if any(topic.key.startswith("patholog") for topic in find_topics(name, "specimen")):
        return True
    evidence = find_evidence(cells, (), name)
    return evidence is not None and evidence.is_sure


def _find_missing(cells: Sequence[str], label: str) -> dict[str, str]:
    """Return the spellings of missing values by their folded spelling.

    A dash is missing unless it is one of two signs.
    """
    spellings = dict(zip(map(fold_spelling, cells), cells, strict=True))
    missing = {
        folded: cell
        for folded, cell in spellings.items()
        if is_missing(cell) or (label and is_unassessed(cell))
    }
    others = [cell for folded, cell in spellings.items() if folded not in missing]
    dashes = [folded for folded, cell in missing.items() if set(cell) <= set("-−–—－")]
    if len(others) == 1 and len(dashes) == 1 and set(others[0]) <= set("+＋"):
        del missing[dashes[0]]
    return missing


def _find_excluded(cells: Sequence[str], label: str) -> dict[str, str]:
    """Return the spellings of classes that are not those of a first operation.

    They are clinical classes (cN1) and classes after neoadjuvant therapy (ypN1), by their folded
    spelling; none if all classes of the column are.
    """
    if label not in _READERS:
        return {}
    spellings = dict(zip(map(fold_spelling, cells), cells, strict=True))
    excluded = {}
    for folded, cell in spellings.items():
        tnm_class = _READERS[label](cell)
        if tnm_class is not None and (tnm_class.is_clinical or tnm_class.is_after_therapy):
            excluded[folded] = cell
    return excluded if len(excluded) < len(spellings) else {}


def _guess_kind(
    name: str, known: Sequence[str], numbers: Numbers, *, ordered: bool
) -> tuple[Kind, tuple[str, ...], str]:
    distinct = _merge_spellings(known)
    if len(distinct) < 2:
        return "nominal", (), "has only one value" if distinct else "is empty"
    if numbers.is_date or sum(map(is_date, known)) > len(known) / 2:
        return "nominal", (), "contains dates"
    codes = all(cell.isdecimal() and len(cell) == 1 for cell in distinct)
    if len(distinct) == 2 and (codes or not numbers.count):
        return "binary", order_classes(distinct) or tuple(sorted(distinct, key=str.casefold)), ""
    if ordered and len(distinct) <= MOST_CATEGORIES * 2:
        return "ordinal", tuple(sorted(distinct, key=_order)), ""
    if numbers.problem or numbers.count == len(known):
        return "continuous", (), numbers.problem
    if sum(map(is_ratio, known)) > len(known) / 2:
        return "nominal", (), "counts like positive/examined nodes, or other ratios"
    if numbers.count > len(known) / 2:
        return "continuous", (), _describe_others(numbers.others)
    if len(distinct) > MOST_CATEGORIES or max(map(len, distinct)) > LONGEST_CATEGORY:
        return "nominal", (), f"has {len(distinct)} different texts"
    is_ordinal = all(_RANK.fullmatch(cell) for cell in distinct)
    return "ordinal" if is_ordinal else "nominal", tuple(sorted(distinct, key=_order)), ""


def _describe_others(others: Sequence[str]) -> str:
    listed = ", ".join(map(quote, others[:_EXAMPLES])) + ", …" * (len(others) > _EXAMPLES)
    return (
        f"mixes numbers with {plural(len(others), 'text')} ({listed}): give numbers with values, "
        "or list as missing"
    )


def _merge_spellings(cells: Sequence[str]) -> list[str]:
    """Return the most frequent spelling of each value; case and blanks make no difference."""
    counts = Counter(cells)
    spellings: dict[str, str] = {}
    for cell in sorted(counts, key=lambda cell: (-counts[cell], cell)):
        folded = fold_spelling(cell)
        # "1.0" is the code 1
        spellings.setdefault(folded, folded if folded.isdecimal() else cell)
    return list(spellings.values())


def _order(cell: str) -> tuple[bool, str, str]:
    """Return a key that sorts carcinoma in situ first, classes by number, and all else as text."""
    number = _CLASS_NUMBER.search(cell)
    return not cell.casefold().endswith("tis"), number[1] if number else "", cell
