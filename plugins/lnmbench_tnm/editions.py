"""T classes of the AJCC editions for lung cancer, as sets of classes of the 8th edition.

A class of an older edition does not determine the class of the 8th edition, but a set that
contains it. By descriptors (Goldstraw et al. 2007, 2016; Rami-Porta et al. 2015):

========  =====================================  =========================================
class     7th edition                            8th edition
========  =====================================  =========================================
T1a       up to 2 cm                             T1a up to 1 cm, T1b up to 2 cm
T1b       2 to 3 cm                              T1c
T2a       3 to 5 cm, or smaller with T2 signs    T2a up to 4 cm, T2b up to 5 cm
T2b       5 to 7 cm                              T3
T3        over 7 cm                              T4
T3        invades the diaphragm                  T4
T3        invades the chest wall, pericardium    T3
T3        main bronchus near the carina,         T2a or T2b
          atelectasis of the whole lung
T4        invades the mediastinum, other lobe    T4
========  =====================================  =========================================

Up to the 6th edition, T1 (up to 3 cm) and T2 (larger, without limit) had no subclasses, and
separate nodules in the same lobe, now T3, were T4. (Malignant effusions, now M1a, were T4 too, but
are rarely operated on.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lnmbench import UserError
from lnmbench.errors import nearest

CLASSES = ("pT1a", "pT1b", "pT1c", "pT2a", "pT2b", "pT3", "pT4")
_CLINICAL = re.compile(r"[yr]?c ?T", re.IGNORECASE)
_CLASS = re.compile(
    r"(y?p)?T?((?P<known>1mi|[1-4][abcd]?)|(?P<other>is|X|0))( ?\((?P<sign>[a-z0-9]+)\))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A TNM edition: its title, and the set of `CLASSES` that each of its classes can be."""

    title: str
    sets: Mapping[str, tuple[str, ...]]


_UNDIVIDED = {"1": ("pT1a", "pT1b", "pT1c"), "2": ("pT2a", "pT2b")}
_EIGHT = {
    **_UNDIVIDED,
    **{name.removeprefix("pT"): (name,) for name in CLASSES},
    **{f"4{letter}": ("pT4",) for letter in "abcd"},
}
_SEVEN = {
    "1": ("pT1a", "pT1b", "pT1c"),
    "1a": ("pT1a", "pT1b"),
    "1b": ("pT1c",),
    "2": ("pT2a", "pT2b", "pT3"),
    "2a": ("pT2a", "pT2b"),
    "2b": ("pT3",),
    "3": ("pT2a", "pT2b", "pT3", "pT4"),
    "4": ("pT4",),
}
_SIX = {**_SEVEN, "2": ("pT2a", "pT2b", "pT3", "pT4"), "4": ("pT3", "pT4")}

EDITIONS = {
    "8": Edition(title="AJCC 8", sets=_EIGHT),
    "7": Edition(title="AJCC 7, mapped to AJCC 8 by the descriptors", sets=_SEVEN),
    "6": Edition(title="AJCC 7 or older, mapped to AJCC 8 by the descriptors", sets=_SIX),
    "names": Edition(title="not of lung cancer, mapped by name", sets=_EIGHT),
}


def find_edition(name: str, categories: Sequence[str], task: str = "pt") -> Edition:
    """Return the edition of a name; `auto` infers it from the recorded classes.

    T1c indicates AJCC 8, T4a or T4b another organ, and T1 or T2 without a letter AJCC 6 mixed with
    AJCC 7. Raises `UserError` for an unknown edition.
    """
    if name != "auto":
        if name not in EDITIONS:
            raise UserError(
                f"unknown edition {name[:20]!r}",
                where=f"aux task {task}",
                then=nearest(name, [*EDITIONS, "auto"]),
            )
        return EDITIONS[name]
    classes = {read_class(category) for category in categories}
    if classes & {"4a", "4b", "4c", "4d"}:
        return EDITIONS["names"]
    if "1c" in classes:
        return EDITIONS["8"]
    return EDITIONS["6" if classes & {"1", "2"} else "7"]


def candidates(category: str, edition: Edition, task: str = "pt") -> tuple[str, ...]:
    """Return the classes of AJCC 8 that a recorded class can be.

    The result is empty for Tis, TX, T0 and T1mi (minimally invasive). Raises `UserError` for a
    text that is not a class of the edition.
    """
    name = read_class(category)
    if not name:
        return ()
    if name not in edition.sets:
        raise UserError(
            f"T{name} is not a class of {edition.title}", then=f"choose another edition for {task}"
        )
    return edition.sets[name]


def read_class(category: str) -> str:
    """Return `1a` for `pT1a`, and an empty text for Tis, TX, T0 and T1mi."""
    match = _CLASS.fullmatch(category.strip())
    if match is None:
        raise UserError(
            f"{category[:40]!r} is not a T class",
            where="column of the T stage",
            expected="a class such as T1a, pT2b, ypT3, Tis or TX",
            then="a clinical class is no pathological one: list it as missing"
            if _CLINICAL.match(category.strip())
            else "",
        )
    known = (match["known"] or "").casefold()
    minimal = known == "1mi" or (match["sign"] or "").casefold() == "mi"
    return "" if minimal else known
