from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.store import cohort_opening, feature_cache
from lnmbench.store.feature_cache import PART, FeatureCache, make_features, read_features

TOTAL = 2 * PART + 5
TRUTH = np.arange(TOTAL * 3, dtype=np.float32).reshape(TOTAL, 3)
MAPS = np.random.default_rng(0).normal(size=(2, TOTAL, 4, 5, 5)).astype(np.float32)


class Encoder:
    """Counts the slices that it encodes; breaks at a given one."""

    def __init__(self, breaks_at: int = TOTAL + 1) -> None:
        self.encoded = 0
        self.breaks_at = breaks_at

    def __call__(self, start: int, stop: int) -> dict[str, np.ndarray]:
        if stop >= self.breaks_at:
            raise KeyboardInterrupt
        self.encoded += stop - start
        return {"features": TRUTH[None, start:stop], "maps": MAPS[:, start:stop]}


def of(path: Path) -> FeatureCache:
    return FeatureCache(path=path, key="k")


def make(path: Path, encoder: Encoder) -> list[int]:
    message: list[int] = []
    make_features(of(path), slices=TOTAL, encode=encoder, done=message.append)
    return message


def assert_whole(path: Path) -> None:
    result = read_features(of(path))
    assert set(result) == {"features", "maps"}
    np.testing.assert_array_equal(result["features"], TRUTH[None])
    np.testing.assert_array_equal(result["maps"], MAPS)


def test_every_slice_is_encoded_once(tmp_path: Path) -> None:
    encoder = Encoder()
    message = make(tmp_path / "f.h5", encoder)
    assert encoder.encoded == TOTAL == sum(message)
    assert_whole(tmp_path / "f.h5")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".f.h5.lock", "f.h5"]


def test_an_interrupted_cache_is_resumed(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "f.h5", Encoder(breaks_at=PART + 1))
    assert not (tmp_path / "f.h5").exists()
    again = Encoder()
    make(tmp_path / "f.h5", again)
    assert again.encoded == TOTAL - PART
    assert_whole(tmp_path / "f.h5")


def test_a_damaged_part_is_made_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "f.h5", Encoder(breaks_at=PART + 1))
    (part,) = (tmp_path / "f.parts").iterdir()
    part.write_bytes(part.read_bytes()[:100])
    again = Encoder()
    make(tmp_path / "f.h5", again)
    assert again.encoded == TOTAL
    assert_whole(tmp_path / "f.h5")


def test_two_processes_make_it_once(tmp_path: Path) -> None:
    first, second = Encoder(), Encoder()
    make(tmp_path / "f.h5", first)
    make(tmp_path / "f.h5", second)
    assert (first.encoded, second.encoded) == (TOTAL, 0)


def test_what_is_read_lies_in_the_file_and_leaves_it_as_it_is(tmp_path: Path) -> None:
    make(tmp_path / "f.h5", Encoder())
    result = read_features(of(tmp_path / "f.h5"))["maps"]
    assert isinstance(result, np.memmap)
    result[:] = 0
    assert_whole(tmp_path / "f.h5")


@pytest.mark.parametrize("name", ["features", "maps"])
def test_a_changed_number_is_found(tmp_path: Path, name: str) -> None:
    make(tmp_path / "f.h5", Encoder())
    with h5py.File(tmp_path / "f.h5", "r+") as file:
        file[name][..., -1] += 1
    with pytest.raises(UserError, match=f"checksum mismatch in {name}; delete it"):
        read_features(of(tmp_path / "f.h5"))


def test_checksums_are_computed_once_for_an_unchanged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "f.h5", Encoder())
    monkeypatch.setattr(cohort_opening, "SETTLED_NS", 0)
    computed: list[int] = []
    compute = feature_cache._checksums

    def count(array: np.ndarray) -> np.ndarray:
        computed.append(array.shape[1])
        return compute(array)

    monkeypatch.setattr(feature_cache, "_checksums", count)
    for _ in range(3):
        assert_whole(tmp_path / "f.h5")
    assert computed == [TOTAL, TOTAL]  # features and maps
    with h5py.File(tmp_path / "f.h5", "r+") as file:
        file["features"][..., -1] += 1
    with pytest.raises(UserError, match="checksum mismatch in features"):
        read_features(of(tmp_path / "f.h5"))


def test_a_file_that_is_no_cache_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "f.h5").write_bytes(b"?")
    with pytest.raises(UserError, match="cannot read the feature cache.*delete it"):
        read_features(of(tmp_path / "f.h5"))


def test_features_of_another_cohort_are_refused(tmp_path: Path) -> None:
    make(tmp_path / "f.h5", Encoder())
    with pytest.raises(UserError, match="the features of another cohort or encoder; delete it"):
        read_features(FeatureCache(path=tmp_path / "f.h5", key="other"))


def test_a_declared_size_that_was_never_written_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "f.h5", Encoder())
    with h5py.File(tmp_path / "f.h5", "r+") as file:
        del file["features"]
        file.create_dataset("features", (1, 2**20, 2**15), "<f4")
    with pytest.raises(UserError, match="declares 137438953472 bytes that the file does not have"):
        read_features(of(tmp_path / "f.h5"))


@pytest.mark.parametrize("kind", ["external", "soft", "group", "type", "extra"])
def test_a_changed_layout_is_one_line(tmp_path: Path, kind: str) -> None:
    make(tmp_path / "f.h5", Encoder())
    make(tmp_path / "other.h5", Encoder())
    with h5py.File(tmp_path / "f.h5", "r+") as file:
        if kind == "extra":
            file["extra"] = 1
        else:
            del file["features"]
        if kind == "external":
            file["features"] = h5py.ExternalLink("other.h5", "features")
        elif kind == "soft":
            file["features"] = h5py.SoftLink("/maps")
        elif kind == "group":
            file.create_group("features")
        elif kind == "type":
            file["features"] = TRUTH[None].astype(np.float64)
    with pytest.raises(UserError, match="cannot read the feature cache.*; delete it"):
        read_features(of(tmp_path / "f.h5"))
