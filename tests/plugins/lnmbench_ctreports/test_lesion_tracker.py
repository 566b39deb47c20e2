"""The lesion tracker: mentions by lobe, further lesions, and lists of lobes."""

from __future__ import annotations

import pytest
from lnmbench_ctreports.lesion_tracker import SEVERAL, LesionTracker
from lnmbench_ctreports.mentions import find_mentions
from lnmbench_ctreports.sentences import Span, normalize, split_sentences


def track(text: str) -> LesionTracker:
    """Return a tracker that has seen every noun of a lesion in the text."""
    tracker = LesionTracker()
    for sentence in split_sentences(normalize(text), "en"):
        lobes = find_mentions(sentence.vocabulary.lobes, sentence)
        for match in sentence.vocabulary.lesion.finditer(sentence.text):
            tracker.add(sentence, Span(start=match.start(), end=match.end()), lobes)
    return tracker


@pytest.mark.parametrize(
    ("text", "lobes", "current"),
    [
        ("Mass in the RUL. The mass is lobulated.", ["RUL"], 0),
        ("Mass in the RUL. Nodule in the LLL.", ["RUL", "LLL"], 1),
        ("Mass in the RUL. Nodule in the LLL. The RUL mass is large.", ["RUL", "LLL"], 0),
        ("Mass in the RUL. Another nodule. The main mass is large.", ["RUL", None], 0),
        ("Mass in the RUL. No other nodules.", ["RUL"], 0),
        ("Nodules in the RUL and LLL.", [SEVERAL], 0),
    ],
)
def test_mentions_are_assigned_to_lesions(text: str, lobes: list[str | None], current: int) -> None:
    tracker = track(text)
    assert (tracker.lobes, tracker.current) == (lobes, current)
