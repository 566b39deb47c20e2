"""The report reader `ct`: chest CT reports in English and Chinese, by rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from lnmbench import Column
from lnmbench.records import Finding
from lnmbench_ctreports.lesions import Said, primary
from lnmbench_ctreports.lobes import LOBES
from lnmbench_ctreports.nodes import STATIONS, largest_node
from lnmbench_ctreports.sentences import sentences
from lnmbench_ctreports.signs import DENSITIES, density, signs
from lnmbench_ctreports.subjects import topics
from lnmbench_ctreports.text import language as language_of
from lnmbench_ctreports.text import plain
from lnmbench_ctreports.vocabulary import ENGLISH


def _size(name: str, description: str) -> Column:
    return Column(name=name, role="feature", unit="mm", description=description)


def _sign(name: str) -> Column:
    categories = ("no", "yes")
    return Column(name=name, role="feature", kind="binary", categories=categories)


COLUMNS = (
    _size("long axis", "longest axis of the largest lesion"),
    Column(name="lobe", role="feature", kind="nominal", categories=LOBES),
    Column(name="ground glass", role="feature", kind="ordinal", categories=DENSITIES),
    *(_sign(name) for name in ENGLISH.signs),
    _size("node short axis", "short axis of the largest lymph node"),
    Column(name="node station", role="feature", kind="nominal", categories=STATIONS),
)


class CtReport:
    """Chest CT reports in English and Chinese, by rules.

    A value is there only where the report states or denies it: what is not mentioned is missing,
    never negative. Sizes of earlier studies, of other organs and bounds ("less than 10 mm") are
    passed by.

    Parameters
    ----------
    language
        `auto` reads each sentence in the language it is written in, and gives nothing for a text
        in a third one; `en` and `zh` read all in one.
    possible
        What "possible", "cannot be excluded" and 可疑 count as: `yes`, or `missing`.
    """

    def __init__(
        self,
        language: Literal["auto", "en", "zh"] = "auto",
        possible: Literal["yes", "missing"] = "yes",
    ) -> None:
        self._language: Literal["auto", "en", "zh"] = language
        self._doubts = possible == "yes"
        self.columns: Sequence[Column] = COLUMNS

    def read(self, text: str) -> Mapping[str, Finding]:
        """Return what one report says, by name of the column."""
        even = plain(text)
        if self._language == "auto" and language_of(even) is None:
            return {}
        found = self._said(even)
        return {
            column.name: _finding(said, text)
            for column in self.columns
            if (said := found.get(column.name)) is not None
        }

    def _said(self, even: str) -> Mapping[str, Said | None]:
        told, lobes = topics(sentences(even, self._language))
        lesion, node = primary(told, lobes), largest_node(told)
        return {
            "long axis": lesion.long_axis,
            "lobe": lesion.lobe,
            "ground glass": density(told, lesion, doubts=self._doubts),
            **signs(told, lesion, doubts=self._doubts),
            "node short axis": node.short_axis,
            "node station": node.station,
        }


def _finding(said: Said, text: str) -> Finding:
    start = said.sentence.start
    return Finding(value=said.value, words=text[start + said.span.start : start + said.span.end])
