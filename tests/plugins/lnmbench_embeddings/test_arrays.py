from __future__ import annotations

import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from lnmbench_embeddings.arrays import read_hdf5, read_npz

from lnmbench import UserError

FEATURES = np.arange(6.0).reshape(3, 2)


def test_npz_with_ids_and_features(tmp_path: Path) -> None:
    path = tmp_path / "e.npz"
    np.savez(path, ids=np.array(["b ", "a", "c"]), features=FEATURES, slices=[3, 2, 1])
    rows = read_npz(path)
    assert rows.ids == ("b", "a", "c")
    assert rows.features.dtype == np.float32
    np.testing.assert_array_equal(rows.features, FEATURES)
    np.testing.assert_array_equal(rows.slices, [3.0, 2.0, 1.0])


def test_one_array_for_each_case(tmp_path: Path) -> None:
    np.savez(tmp_path / "e.npz", b=FEATURES, a=FEATURES[0])
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file["b"], file["a"] = FEATURES, FEATURES[0]
    by_kind = {
        "npz": (read_npz(tmp_path / "e.npz"), ("b", "b", "b", "a")),
        "h5": (read_hdf5(tmp_path / "e.h5"), ("a", "b", "b", "b")),
    }
    for rows, ids in by_kind.values():
        assert rows.ids == ids
        np.testing.assert_array_equal(rows.features[np.array(rows.ids) == "b"], FEATURES)
        np.testing.assert_array_equal(rows.features[np.array(rows.ids) == "a"], FEATURES[:1])


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (np.array([7, 8, 9]), ("7", "8", "9")),
        (np.array([b"ab", b"\xc3\xa9", b"c"]), ("ab", "é", "c")),
    ],
)
def test_ids_of_several_types(tmp_path: Path, ids: object, expected: tuple[str, ...]) -> None:
    np.savez(tmp_path / "e.npz", ids=ids, features=FEATURES)
    assert read_npz(tmp_path / "e.npz").ids == expected
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file["ids"], file["features"] = ids, FEATURES
    assert read_hdf5(tmp_path / "e.h5").ids == expected


def test_text_of_hdf5(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file.create_dataset("ids", data=["é", "b", "c"], dtype=h5py.string_dtype())
        file["features"] = FEATURES.astype(np.float16)
    assert read_hdf5(tmp_path / "e.h5").ids == ("é", "b", "c")


def test_python_objects_are_not_unpickled(tmp_path: Path) -> None:
    class Opened:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "opened",)  # type: ignore[return-value]

    np.savez(tmp_path / "e.npz", ids=np.array([Opened()] * 3, dtype=object), features=FEATURES)
    with pytest.raises(UserError, match="Python objects.*dtype=str"):
        read_npz(tmp_path / "e.npz")
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize(
    ("arrays", "match"),
    [
        ({"ids": ["a", "b"], "features": FEATURES}, "number of ids.*expected 3, got 2"),
        ({"ids": ["a", "b", "c"]}, "wrong arrays.*expected ids, features"),
        ({"ids": ["a"] * 3, "features": FEATURES, "age": FEATURES}, "wrong arrays.*got 3 arrays"),
        ({"ids": [1.5] * 3, "features": FEATURES}, "wrong ids.*got float64"),
        ({"ids": ["a"] * 3, "features": FEATURES[:, 0]}, r"wrong features.*of shape \(3,\)"),
        ({"ids": ["a"] * 3, "features": FEATURES.astype(str)}, "wrong features"),
        ({"ids": ["a"] * 3, "features": FEATURES * 1j}, "wrong features"),
        ({"a": FEATURES, "b": FEATURES[:, :1]}, "different numbers of features: got 1 to 2"),
        ({"a": FEATURES[None]}, "wrong features.*array of a case"),
        ({"ids": ["a"] * 3, "features": FEATURES, "slices": ["x"] * 3}, "wrong numbers of slices"),
        ({}, "no arrays"),
    ],
)
def test_other_contents_are_refused(tmp_path: Path, arrays: dict[str, object], match: str) -> None:
    np.savez(tmp_path / "e.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=match):
        read_npz(tmp_path / "e.npz")


@pytest.mark.parametrize("kind", ["npz", "h5"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04abc", b"\x89HDF\r\n\x1a\n12345"])
def test_damaged_files_are_one_line(tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / f"e.{kind}"
    path.write_bytes(content)
    with pytest.raises(UserError, match=rf"cannot read features from e\.{kind}"):
        (read_npz if kind == "npz" else read_hdf5)(path)


def test_a_truncated_array_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "whole.npz", ids=["a"], features=np.ones((1, 50)))
    with (
        zipfile.ZipFile(tmp_path / "whole.npz") as whole,
        zipfile.ZipFile(tmp_path / "e.npz", "w") as cut,
    ):
        cut.writestr("ids.npy", whole.read("ids.npy"))
        cut.writestr("features.npy", whole.read("features.npy")[:-8])
    with pytest.raises(UserError, match="cannot read features"):
        read_npz(tmp_path / "e.npz")


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["features"] = FEATURES
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file["ids"] = np.array([1, 2, 3])
        file["features"] = h5py.ExternalLink("other.h5", "/features")
    with pytest.raises(UserError, match="wrong arrays"):
        read_hdf5(tmp_path / "e.h5")


def test_a_dataset_larger_than_memory_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file["ids"] = np.array([1, 2, 3])
        file.create_dataset("features", shape=(1 << 20, 1 << 20), dtype="f4", chunks=(1, 1024))
    with pytest.raises(UserError, match="too many features.*at most 8 GB"):
        read_hdf5(tmp_path / "e.h5")
