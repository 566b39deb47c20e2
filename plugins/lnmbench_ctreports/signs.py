"""Signs of the primary lesion and of the pleura: stated, negated, or not mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lnmbench_ctreports.lesions import PrimaryLesion
from lnmbench_ctreports.mentions import find_negation, find_uncertainty
from lnmbench_ctreports.sentences import Span, Statement
from lnmbench_ctreports.subjects import Kind, Topic, find_subject
from lnmbench_ctreports.vocabulary import ENGLISH

PLEURAL_SIGNS = ("pleural retraction", "effusion")
DENSITIES = ("none", "part-solid", "pure")
_SOLID_BEFORE = re.compile(r"(?:part|partly|partially|semi|sub|non|mixed)[- ]?$")
_LONGEST_PREFIX = len("partially-")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignMention:
    """A mention of a sign; `statement.value` says whether it is present."""

    statement: Statement
    uncertain: bool


def read_signs(
    topics: Sequence[Topic], lesion: PrimaryLesion, *, count_possible: bool
) -> Mapping[str, Statement]:
    """Return `yes` or `no` for each sign that is mentioned of the lesion or of the pleura.

    Parameters
    ----------
    topics
        The sentences of the report with their subjects.
    lesion
        The primary lesion. A sign that is stated once counts, even if it is negated elsewhere.
    count_possible
        Whether a possible sign counts as present; otherwise its mention is ignored.
    """
    statements: dict[str, Statement] = {}
    for name in ENGLISH.signs:
        mentions = [
            mention
            for mention in _iterate_mentions(topics, name, lesion)
            if count_possible or not mention.uncertain
        ]
        for mention in sorted(mentions, key=lambda mention: not mention.statement.value)[:1]:
            value = "yes" if mention.statement.value else "no"
            source = mention.statement
            statements[name] = Statement(value=value, sentence=source.sentence, span=source.span)
    return statements


def read_density(
    topics: Sequence[Topic], lesion: PrimaryLesion, *, count_possible: bool
) -> Statement | None:
    """Return `none` (solid), `part-solid` or `pure` for a lesion whose density is stated.

    Parameters
    ----------
    topics
        The sentences of the report with their subjects.
    lesion
        The primary lesion.
    count_possible
        Whether a possible density counts; otherwise its mention is ignored.

    Returns
    -------
    Statement or None
        The density with its source in the report; None if no density is stated.
    """
    statements: dict[str, Statement] = {}
    for name in ENGLISH.ground_glass:
        for mention in _iterate_mentions(topics, name, lesion, table="ground_glass"):
            if count_possible or not mention.uncertain:
                key = name if mention.statement.value else f"no {name}"
                statements.setdefault(key, mention.statement)
    return _combine_densities(statements)


def _combine_densities(statements: Mapping[str, Statement]) -> Statement | None:
    glass = statements.get("pure") or statements.get("glass")
    if "subsolid" in statements and "component" in statements:
        glass = statements["subsolid"]
    value: str
    source: Statement | None
    if "part-solid" in statements:
        value, source = "part-solid", statements["part-solid"]
    elif glass is not None:
        solid = statements.get("component") or statements.get("solid")
        value, source = ("part-solid", solid) if solid else ("pure", glass)
    else:
        value, source = "none", statements.get("solid") or statements.get("no glass")
    return source and Statement(value=value, sentence=source.sentence, span=source.span)


def _iterate_mentions(
    topics: Sequence[Topic],
    name: str,
    lesion: PrimaryLesion,
    table: Literal["signs", "ground_glass"] = "signs",
) -> Iterator[SignMention]:
    for topic in topics:
        sentence = topic.sentence
        vocabulary = sentence.vocabulary
        patterns = vocabulary.signs if table == "signs" else vocabulary.ground_glass
        for match in patterns[name].finditer(sentence.text):
            span = Span(start=match.start(), end=match.end())
            first = max(0, span.start - _LONGEST_PREFIX)
            if name == "solid" and _SOLID_BEFORE.search(sentence.text, first, span.start):
                continue
            if not _belongs_to_lesion(topic, span, name, lesion):
                continue
            negation = find_negation(sentence, span)
            uncertainty = find_uncertainty(sentence, span)
            yield SignMention(
                statement=Statement(
                    value=negation is None, sentence=sentence, span=negation or uncertainty or span
                ),
                uncertain=negation is None and uncertainty is not None,
            )


def _belongs_to_lesion(topic: Topic, span: Span, name: str, lesion: PrimaryLesion) -> bool:
    """Return whether a sign is the lesion's: nodes can be calcified, but not lobulated."""
    if name in PLEURAL_SIGNS:
        return True
    skipping: Kind | None = None if name == "calcification" else "node"
    subject = find_subject(topic, span, skipping=skipping)
    if subject is None:
        numbers = [subject.lesion for subject in topic.subjects if subject.kind == "lesion"]
        number = numbers[0] if numbers else topic.lesion
        return number == lesion.number and not _is_in_other_lobe(topic, lesion)
    return subject.kind == "lesion" and subject.lesion == lesion.number


def _is_in_other_lobe(topic: Topic, lesion: PrimaryLesion) -> bool:
    """Return whether a sentence names lobes, and the lesion's is not among them."""
    lobes = {mention.name for mention in topic.lobes}
    return lesion.lobe is not None and bool(lobes) and lesion.lobe.value not in lobes
