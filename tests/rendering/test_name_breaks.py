"""Line breaks of names."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from lnmbench.rendering.name_breaks import longest_part, longest_word, wrap_name

NETWORK = "efficientnet_lite0 + pt:shuffled=1"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        (NETWORK, 34, [NETWORK]),
        (NETWORK, 33, ["efficientnet_lite0 +", "pt:shuffled=1"]),
        (NETWORK, 18, ["efficientnet_lite0", "+ pt:shuffled=1"]),
        (NETWORK, 13, ["efficientnet_", "lite0 +", "pt:shuffled=1"]),
        (NETWORK, 12, ["efficientnet", "_lite0 + pt:", "shuffled=1"]),
        (
            "resnet18:train=layer4,weights=random",
            15,
            ["resnet18:", "train=layer4,", "weights=random"],
        ),
        ("network on clinical+cfdna", 12, ["network on", "clinical+", "cfdna"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("肺癌リンパ節", 5, ["肺癌", "リン", "パ節"]),
        ("肺癌", 1, ["肺", "癌"]),
        ("  a  b", 80, ["  a  b"]),
        ("", 4, [""]),
    ],
)
def test_names_break_between_words_then_after_punctuation(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrap_name(text, width) == lines


def test_no_character_is_lost_and_no_line_is_too_long() -> None:
    for text in (NETWORK, "a::=b__--c...d, e/f ;g", "x" * 40 + ":=" * 9, "++ -- __ 漢字=漢字"):
        for width in range(2, 40):
            lines = wrap_name(text, width)
            assert "".join("".join(lines).split()) == "".join(text.split())
            assert max(map(cell_len, lines)) <= width


def test_the_longest_word_and_the_longest_part_are_measured() -> None:
    assert (longest_word(NETWORK), longest_part(NETWORK)) == (18, 13)
    assert (longest_word(""), longest_part("")) == (0, 0)
