"""Cases before ingest."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from lnmbench.records import Case, Finding


def test_images_are_read_only_when_they_are_called() -> None:
    def read() -> None:
        raise OSError("no disk")

    case = Case(id="A", values={"age": 61}, volume=read)  # type: ignore[arg-type]
    assert case.volume is read
    assert Case(id="B").volume is None


def test_a_finding_cannot_be_changed_after_its_review() -> None:
    finding = Finding(value=3.0, words="3.0 cm")
    with pytest.raises(FrozenInstanceError):
        finding.words = "30 cm"  # type: ignore[misc]
