"""Signs of the primary lesion and of the pleura: stated, denied, or not mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lnmbench_ctreports.lesions import Primary, Said
from lnmbench_ctreports.lobes import named
from lnmbench_ctreports.negation import denied, doubted
from lnmbench_ctreports.sentences import Span
from lnmbench_ctreports.subjects import Kind, Topic, owner
from lnmbench_ctreports.vocabulary import ENGLISH

OF_THE_PLEURA = ("pleural retraction", "effusion")
DENSITIES = ("none", "part-solid", "pure")
_SOLID_BEFORE = re.compile(r"(?:part|partly|partially|semi|sub|non|mixed)[- ]?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A sign somewhere in the report; `said.value` is whether it is there."""

    said: Said
    doubted: bool


def signs(topics: Sequence[Topic], of: Primary, *, doubts: bool) -> Mapping[str, Said]:
    """Return `yes` or `no` for every sign that is mentioned of a lesion or of the pleura.

    What is stated once outweighs what is denied elsewhere. With `doubts` a possible sign counts
    as there, without it it is as if not mentioned.
    """
    found: dict[str, Said] = {}
    for name in ENGLISH.signs:
        mentions = [
            mention for mention in _mentions(topics, name, of) if doubts or not mention.doubted
        ]
        for mention in sorted(mentions, key=lambda mention: not mention.said.value)[:1]:
            value = "yes" if mention.said.value else "no"
            said = mention.said
            found[name] = Said(value=value, sentence=said.sentence, span=said.span)
    return found


def density(topics: Sequence[Topic], of: Primary, *, doubts: bool) -> Said | None:
    """Return `none` (solid), `part-solid` or `pure` for a lesion whose density is stated."""
    said: dict[str, Said] = {}
    for name in ENGLISH.ground_glass:
        for mention in _mentions(topics, name, of, table="ground_glass"):
            if doubts or not mention.doubted:
                said.setdefault(name if mention.said.value else f"no {name}", mention.said)
    return _density(said)


def _density(said: Mapping[str, Said]) -> Said | None:
    glass = said.get("pure") or said.get("glass")
    if "subsolid" in said and "component" in said:
        glass = said["subsolid"]
    found: tuple[str, Said | None]
    if "part-solid" in said:
        found = ("part-solid", said["part-solid"])
    elif glass is not None:
        solid = said.get("component") or said.get("solid")
        found = ("part-solid", solid) if solid else ("pure", glass)
    else:
        found = ("none", said.get("solid") or said.get("no glass"))
    value, source = found
    return source and Said(value=value, sentence=source.sentence, span=source.span)


def _mentions(
    topics: Sequence[Topic], name: str, of: Primary, table: str = "signs"
) -> Iterator[Mention]:
    for topic in topics:
        sentence = topic.sentence
        pattern = getattr(sentence.words, table)[name]
        for match in pattern.finditer(sentence.text):
            span = Span(start=match.start(), end=match.end())
            if name == "solid" and _SOLID_BEFORE.search(sentence.text[: span.start]):
                continue
            if not _is_about(topic, span, name, of):
                continue
            no, doubt = denied(sentence, span), doubted(sentence, span)
            said = Said(value=no is None, sentence=sentence, span=no or doubt or span)
            yield Mention(said=said, doubted=no is None and doubt is not None)


def _is_about(topic: Topic, span: Span, name: str, of: Primary) -> bool:
    """Whether a sign is the lesion's: nodes can be calcified, but not lobulated."""
    if name in OF_THE_PLEURA:
        return True
    skipping: Kind | None = None if name == "calcification" else "node"
    subject = owner(topic, span, skipping=skipping)
    if subject is None:
        told = [subject.lesion for subject in topic.subjects if subject.kind == "lesion"]
        return (told[0] if told else topic.lesion) == of.lesion and not _elsewhere(topic, of)
    return subject.kind == "lesion" and subject.lesion == of.lesion


def _elsewhere(topic: Topic, of: Primary) -> bool:
    """Whether a sentence names lobes, and the lesion's is not among them."""
    lobes = {one.name for one in named(topic.sentence.words.lobes, topic.sentence)}
    return of.lobe is not None and bool(lobes) and of.lobe.value not in lobes
