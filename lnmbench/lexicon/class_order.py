"""Order of two classes: the negative one first, by their words and never by the alphabet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lnmbench.lexicon.normal_form import CJK, fold
from lnmbench.lexicon.vocabulary import read_lists

_CODED = re.compile(
    r"\(?(\d+)\)?\s*[:=.)-]\s*(\S.*)|(\S.*?)\s*[=:]?\s*\((\d+)\)|(\S.*?)\s*=\s*(\d+)"
)
_NEGATIVE_CODE = re.compile(
    r"[ypc]*n ?(0期?|-)( ?\((i|mol|sn)[+-]?\))*|[ypc]*m ?0|r ?0|p?pl ?0|ly? ?0|v ?0|pn ?0"
)
_POSITIVE_CODE = re.compile(
    r"[ypc]*n ?(\+|[1-3](mi|[abc])?( ?[-/+,] ?n?[1-3])*[+期]?|(>|>=|≥) ?[01])"
    r"( ?\((mi|sn|i[+-]?)\))*"
    r"|(>|>=|≥) ?[01]|1 ?\+"
    r"|[ypc]*m ?1[abc]?|r ?[12]|p?pl ?[1-3]|ly? ?1|v ?[12]|pn ?1"
)
_SIGNED = re.compile(r"([a-z0-9 ]+?) ?\(?([+-])\)?")
_NUMBERED = re.compile(r"([a-z]+ ?)([01])")
_TOKEN = re.compile(rf"[a-z/]+|[0-9]+|[{CJK}]+|[+]")
_PARTICLES = re.compile(r"(?<=.)[이가은는을를の은도をはがも]$")
_SIGN_BEHIND = re.compile(r"(?<=.)\([+-]\)$")
_ANY_CJK = re.compile(rf"[{CJK}]")
_EDGES = " \t.,;:!'\"’‘“”「」[]{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A class as a sign and the words that it applies to.

    `sign` is -1 for negative, 1 for positive, and 0 if no word says it. `stem` are the other words.
    """

    sign: int
    stem: tuple[str, ...] = ()

    @property
    def is_finding(self) -> bool:
        """Return whether the words name a finding, or nothing is left of them."""
        return all(_is_finding(word) for word in self.stem)


def order_classes(classes: Sequence[str]) -> tuple[str, str] | None:
    """Return two classes as (negative, positive), or None if their words do not say it.

    Both must be known and opposite, or one the negation of the other.

    Parameters
    ----------
    classes
        Two classes as they are spelled in a table.

    Examples
    --------
    >>> order_classes(["ja", "nein"]), order_classes(["N+", "N0"]), order_classes(["LNM", "No LNM"])
    (('nein', 'ja'), ('N0', 'N+'), ('No LNM', 'LNM'))
    >>> order_classes(["有转移", "无转移"]), order_classes(["転移あり", "転移なし"])
    (('无转移', '有转移'), ('転移なし', '転移あり'))
    >>> order_classes(["1", "2"]), order_classes(["left", "right"])
    (None, None)
    """
    if len(classes) != 2 or fold(classes[0]) == fold(classes[1]):
        return None
    first, second = classes
    codes, texts = zip(*map(_split_code, (first, second)), strict=True)
    sign = _compare(*texts)
    if sign == 0 or (None not in codes and (codes[1] > codes[0]) != (sign > 0)):
        return None
    return (first, second) if sign > 0 else (second, first)


def _compare(first: str, second: str) -> int:
    """Return 1 if the first class is the negative one, -1 if the second, 0 if it is unknown."""
    if len(first) == len(second) == 1 and (first + second).isalpha() and first.isascii():
        letters = read_lists("classes")["letters"]
        return int(first + second in letters) - int(second + first in letters)
    for one_sign, negative, positive in ((1, first, second), (-1, second, first)):
        if _is_prefixed(negative, positive):
            return one_sign
    a, b = _read(first), _read(second)
    if a.sign and b.sign:
        agree = a.stem == b.stem or (a.is_finding and b.is_finding)
        return b.sign if agree and a.sign != b.sign else 0
    signed, bare = (a, b) if a.sign else (b, a)
    if signed.sign >= 0 or not bare.stem:
        return 0
    names_same = set(bare.stem) == set(signed.stem) or (signed.is_finding and bare.is_finding)
    if not names_same:
        return 0
    return 1 if signed is a else -1


def _is_prefixed(negative: str, positive: str) -> bool:
    """Return whether one text is the other with a negating prefix, as in `nonmetastatic`."""
    return len(positive) > 3 and any(
        negative == prefix + positive for prefix in read_lists("classes")["prefixes"]
    )


def _split_code(text: str) -> tuple[int | None, str]:
    """Return the number and the text of a coded class, such as `0: no` and `yes (1)`."""
    folded = fold(text).strip(_EDGES)
    match = _CODED.fullmatch(folded)
    if match is None:
        return None, folded
    groups = match.groups()
    code = groups[0] or groups[3] or groups[5]
    label = groups[1] or groups[2] or groups[4]
    return int(code), label.strip(_EDGES)


def _read(text: str) -> _Reading:
    words = _words()
    if text in words.negative or _NEGATIVE_CODE.fullmatch(text):
        return _Reading(sign=-1)
    if text in words.positive or _POSITIVE_CODE.fullmatch(text):
        return _Reading(sign=1)
    signed = _SIGNED.fullmatch(text)
    if signed is not None:
        return _Reading(sign=1 if signed[2] == "+" else -1, stem=tuple(signed[1].split()))
    numbered = _NUMBERED.fullmatch(text)
    if numbered is not None and len(numbered[1]) > 1:
        return _Reading(sign=1 if numbered[2] == "1" else -1, stem=(numbered[1].strip(),))
    if _ANY_CJK.search(text):
        return _read_cjk("".join(text.split()))
    return _read_words(text)


def _read_cjk(text: str) -> _Reading:
    words = _words()
    sign_behind = _SIGN_BEHIND.search(text)
    text = _SIGN_BEHIND.sub("", text)
    if text in words.negative or text in words.positive:
        return _Reading(sign=-1 if text in words.negative else 1)
    for sign, affixes in (
        (-1, words.cjk_negators + words.cjk_negative),
        (1, words.cjk_affirmers + words.cjk_positive),
    ):
        for affix in affixes:
            if text.startswith(affix) or text.endswith(affix):
                rest = text.removeprefix(affix) if text.startswith(affix) else ""
                rest = rest or text.removesuffix(affix)
                rest = _PARTICLES.sub("", rest.rstrip("的"))
                return _Reading(
                    sign=sign, stem=(rest,) if rest not in words.positive | {""} else ()
                )
    sign = 0 if sign_behind is None else 1 if "+" in sign_behind[0] else -1
    return _Reading(sign=sign, stem=(_PARTICLES.sub("", text),))


def _read_words(text: str) -> _Reading:
    words = _words()
    sign, signs, stem = 1, 0, []
    for token in _TOKEN.findall(text):
        long = len(token) > 1
        if token in words.negators or (long and token in words.negative):
            sign, signs = -sign, signs + 1
        elif token in words.affirmers or (long and token in words.positive):
            signs += 1
        elif token not in words.fillers:
            stem.append(token)
    return _Reading(sign=sign if signs else 0, stem=tuple(stem))


def _is_finding(word: str) -> bool:
    return any(pattern.fullmatch(word) for pattern in _words().findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    negative: frozenset[str]
    positive: frozenset[str]
    negators: frozenset[str]
    affirmers: frozenset[str]
    fillers: frozenset[str]
    cjk_negators: tuple[str, ...]
    cjk_affirmers: tuple[str, ...]
    cjk_negative: tuple[str, ...]
    cjk_positive: tuple[str, ...]
    findings: tuple[re.Pattern[str], ...]


@cache
def _words() -> _Words:
    lists = {name: [fold(word) for word in words] for name, words in read_lists("classes").items()}

    def of_several_characters(name: str) -> tuple[str, ...]:
        return tuple(word for word in lists[name] if len(word) > 1 and _ANY_CJK.fullmatch(word[0]))

    return _Words(
        negative=frozenset(lists["negative"]),
        positive=frozenset(lists["positive"]),
        negators=frozenset(lists["negators"]),
        affirmers=frozenset(lists["affirmers"]),
        fillers=frozenset(lists["fillers"]),
        cjk_negators=tuple(sorted(lists["cjk_negators"], key=len, reverse=True)),
        cjk_affirmers=tuple(sorted(lists["cjk_affirmers"], key=len, reverse=True)),
        cjk_negative=of_several_characters("negative"),
        cjk_positive=of_several_characters("positive"),
        findings=tuple(
            re.compile(re.escape(word).replace(r"\*", ".*")) for word in lists["findings"]
        ),
    )
