"""Mentions: names of overlapping spans, negation and uncertainty."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lnmbench_ctreports.mentions import find_mentions
from lnmbench_ctreports.sentences import split_sentences

Read = Callable[..., dict[str, object]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No calcification, cavitation, or effusion, but spiculation.", ("no", "no", "no", "yes")),
        ("There is no effusion and the mass shows spiculation.", (None, None, "no", "yes")),
        ("Non-calcified spiculated mass.", ("no", None, None, "yes")),
        ("No change in the effusion.", (None, None, "yes", None)),
        ("未见钙化、空洞及胸腔积液，可见毛刺。", ("no", "no", "no", "yes")),
        ("无钙化，有空洞。", ("no", "yes", None, None)),
    ],
)
def test_a_negation_ends_where_it_should(
    read: Read, text: str, expected: tuple[str | None, ...]
) -> None:
    found = read(text)
    names = ("calcification", "cavitation", "effusion", "spiculation")
    assert tuple(found.get(name) for name in names) == expected


@pytest.mark.parametrize(
    "text", ["Possible cavitation.", "Cavitation cannot be excluded.", "可疑空洞。"]
)
def test_what_is_possible_counts_as_asked(read: Read, text: str) -> None:
    assert read(text)["cavitation"] == "yes"
    assert "cavitation" not in read(text, possible="missing")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mass in the right middle lobe", ["RML"]),
        ("lingula of the left upper lobe", ["lingula"]),
        ("rul and lll", ["RUL", "LLL"]),
    ],
)
def test_of_overlapping_names_the_longest_counts(text: str, names: list[str]) -> None:
    (sentence,) = split_sentences(text, "en")
    assert [m.name for m in find_mentions(sentence.vocabulary.lobes, sentence)] == names


def test_names_of_equal_length_at_one_position_all_count() -> None:
    (sentence,) = split_sentences("bilateral hilar nodes", "en")
    names = {m.name for m in find_mentions(sentence.vocabulary.stations, sentence)}
    assert names == {"10R", "10L"}
