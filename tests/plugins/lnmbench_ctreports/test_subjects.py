"""Subjects: the noun that a size or a sign belongs to."""

from __future__ import annotations

import pytest
from lnmbench_ctreports.sentences import Span, normalize, split_sentences
from lnmbench_ctreports.subjects import Kind, find_subject, find_topics


def subject_kind(text: str, item: str, skipping: Kind | None = None) -> str | None:
    (topic,), _ = find_topics(split_sentences(normalize(text), "auto"))
    start = topic.sentence.text.index(item)
    subject = find_subject(topic, Span(start=start, end=start + len(item)), skipping=skipping)
    return subject.kind if subject is not None else None


@pytest.mark.parametrize(
    ("text", "item", "kind"),
    [
        ("A 14 mm subcarinal node and a mass", "14 mm", "node"),
        ("Mass and a node, 14 mm", "14 mm", "node"),
        ("4 cm liver lesion", "4 cm", "other"),
        ("左肺下叶肿块，大小约3cm", "3cm", "lesion"),
        ("Stable, 14 mm", "14 mm", None),
    ],
)
def test_the_nearest_noun_is_the_subject(text: str, item: str, kind: str | None) -> None:
    assert subject_kind(text, item) == kind


def test_a_kind_of_noun_can_be_skipped() -> None:
    text = "Spiculated mass with enlarged nodes and lobulated margin"
    assert subject_kind(text, "lobulated") == "node"
    assert subject_kind(text, "lobulated", skipping="node") == "lesion"


def test_the_subject_of_the_sentence_before_is_inherited() -> None:
    topics, lobes = find_topics(split_sentences("rul mass. it measures 3 cm", "en"))
    assert [topic.inherited is not None for topic in topics] == [False, True]
    assert lobes == ("RUL",)
