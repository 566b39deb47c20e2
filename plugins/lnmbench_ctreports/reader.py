"""The report reader `ct`: chest CT reports in English and Chinese, by rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal

from lnmbench import Column
from lnmbench.records import Finding

# The rules are imported where they are used: `lnmbench list` reads the parameters alone.
if TYPE_CHECKING:
    from lnmbench_ctreports.sentences import Statement


def _make_size_column(name: str, description: str) -> Column:
    return Column(name=name, role="feature", unit="mm", description=description)


def _make_sign_column(name: str) -> Column:
    categories = ("no", "yes")
    return Column(name=name, role="feature", kind="binary", categories=categories)


@cache
def _make_columns() -> tuple[Column, ...]:
    from lnmbench_ctreports.mentions import LOBES
    from lnmbench_ctreports.nodes import STATIONS
    from lnmbench_ctreports.signs import DENSITIES
    from lnmbench_ctreports.vocabulary import ENGLISH

    return (
        _make_size_column("long axis", "longest axis of the largest lesion"),
        Column(name="lobe", role="feature", kind="nominal", categories=LOBES),
        Column(name="ground glass", role="feature", kind="ordinal", categories=DENSITIES),
        *(_make_sign_column(name) for name in ENGLISH.signs),
        _make_size_column("node short axis", "short axis of the largest lymph node"),
        Column(name="node station", role="feature", kind="nominal", categories=STATIONS),
    )


class CtReport:
    """Chest CT reports in English and Chinese, by rules.

    A feature has a value only if the report states or negates it: what is not mentioned is
    missing, never negative. Sizes in earlier studies, sizes of other organs and bounds ("less than
    10 mm") are ignored.

    Parameters
    ----------
    language
        `auto` detects the language of each sentence, and reads nothing from a text in a third
        language; `en` and `zh` read the whole text in one.
    possible
        Value of a sign that is "possible", "cannot be excluded" or 可疑: `yes` or `missing`.
    """

    def __init__(
        self,
        language: Literal["auto", "en", "zh"] = "auto",
        possible: Literal["yes", "missing"] = "yes",
    ) -> None:
        self._language: Literal["auto", "en", "zh"] = language
        self._count_possible = possible == "yes"
        self.columns: Sequence[Column] = _make_columns()

    def read(self, text: str) -> Mapping[str, Finding]:
        """Return the findings of one report, by name of the column."""
        from lnmbench_ctreports.sentences import detect_language, normalize

        normalized = normalize(text)
        if self._language == "auto" and detect_language(normalized) is None:
            return {}
        statements = self._read_statements(normalized)
        return {
            column.name: _make_finding(statement, text)
            for column in self.columns
            if (statement := statements.get(column.name)) is not None
        }

    def _read_statements(self, text: str) -> Mapping[str, Statement | None]:
        from lnmbench_ctreports.lesions import find_primary_lesion
        from lnmbench_ctreports.nodes import find_largest_node
        from lnmbench_ctreports.sentences import split_sentences
        from lnmbench_ctreports.signs import read_density, read_signs
        from lnmbench_ctreports.subjects import find_topics

        topics, lobes = find_topics(split_sentences(text, self._language))
        lesion, node = find_primary_lesion(topics, lobes), find_largest_node(topics)
        return {
            "long axis": lesion.long_axis,
            "lobe": lesion.lobe,
            "ground glass": read_density(topics, lesion, count_possible=self._count_possible),
            **read_signs(topics, lesion, count_possible=self._count_possible),
            "node short axis": node.short_axis,
            "node station": node.station,
        }


def _make_finding(statement: Statement, text: str) -> Finding:
    start, span = statement.sentence.start, statement.span
    return Finding(value=statement.value, words=text[start + span.start : start + span.end])
