from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.store.feature_cache import PART, make_features, read_features

TOTAL = 2 * PART + 5
TRUTH = np.arange(TOTAL * 3, dtype=np.float32).reshape(TOTAL, 3)


class Encoder:
    """Counts the slices that it encodes; breaks at a given one."""

    def __init__(self, breaks_at: int = TOTAL + 1) -> None:
        self.encoded = 0
        self.breaks_at = breaks_at

    def __call__(self, start: int, stop: int) -> np.ndarray:
        if stop >= self.breaks_at:
            raise KeyboardInterrupt
        self.encoded += stop - start
        return TRUTH[start:stop]


def make(path: Path, encoder: Encoder) -> list[int]:
    told: list[int] = []
    make_features(path, slices=TOTAL, width=3, key="k", encode=encoder, done=told.append)
    return told


def test_every_slice_is_encoded_once(tmp_path: Path) -> None:
    encoder = Encoder()
    told = make(tmp_path / "f.h5", encoder)
    assert encoder.encoded == TOTAL == sum(told)
    np.testing.assert_array_equal(read_features(tmp_path / "f.h5"), TRUTH)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".f.h5.lock", "f.h5"]


def test_an_interrupted_cache_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "f.h5", Encoder(breaks_at=PART + 1))
    assert not (tmp_path / "f.h5").exists()
    again = Encoder()
    make(tmp_path / "f.h5", again)
    assert again.encoded == TOTAL - PART
    np.testing.assert_array_equal(read_features(tmp_path / "f.h5"), TRUTH)


def test_a_damaged_part_is_made_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "f.h5", Encoder(breaks_at=PART + 1))
    (part,) = (tmp_path / "f.parts").iterdir()
    part.write_bytes(part.read_bytes()[:100])
    again = Encoder()
    make(tmp_path / "f.h5", again)
    assert again.encoded == TOTAL
    np.testing.assert_array_equal(read_features(tmp_path / "f.h5"), TRUTH)


def test_two_processes_make_it_once(tmp_path: Path) -> None:
    first, second = Encoder(), Encoder()
    make(tmp_path / "f.h5", first)
    make(tmp_path / "f.h5", second)
    assert (first.encoded, second.encoded) == (TOTAL, 0)


def test_a_file_that_is_no_cache_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "f.h5").write_bytes(b"?")
    with pytest.raises(UserError, match="unreadable feature cache.*delete it"):
        read_features(tmp_path / "f.h5")
