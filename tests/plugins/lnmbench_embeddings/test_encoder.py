from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from lnmbench_embeddings.encoder import Embeddings

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Preprocessing, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.estimate import estimate
from lnmbench.stages.ingest import IngestOptions, Pseudonyms
from lnmbench.stages.run import run
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.ledger import LedgerReader
from lnmbench.testing import check_contract

N = 24
SMALL = {"only": True, "repeats": 1, "folds": 2, "inner": 2, "training": {"max_epochs": 2}}
OPTIONS = IngestOptions(preprocessing=Preprocessing(spacing_mm=(2.0, 2.0, 5.0), patch=32))
TABLE = "table:path=t.csv,columns=t.toml"


class Lines:
    """Progress that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def start(self, stage: str, subject: str, total: int, unit: str) -> None: ...
    def advance(self, steps: int = 1) -> None: ...
    def finish(self) -> None: ...


def write_features(path: str, ids: Iterator[str] | tuple[str, ...], width: int = 5) -> None:
    random = np.random.default_rng(0)
    ids = tuple(ids)
    np.savez(path, ids=np.array(ids), features=random.normal(size=(len(ids), width)))


def write_table() -> None:
    with Path("t.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "age", "n"])
        writer.writerows([f"Doe {i}", 50 + i, "yes" if i % 2 else "no"] for i in range(N))
    Path("t.toml").write_text(
        '[columns.id]\nrole = "id"\n[columns.age]\nrole = "feature"\nkind = "continuous"\n'
        '[columns.n]\nrole = "target"\nkind = "binary"\nlabel = "n1"\n'
        'categories = ["no", "yes"]\n',
        encoding="utf-8",
    )


def run_small(home: Path, progress: Progress, *, dataset: str = TABLE, **options: object) -> Path:
    target = "n2" if dataset.startswith("synthetic") else "n1"
    pseudonyms = options.pop("pseudonyms", None)
    return run(
        read_benchmark(None, {"dataset": dataset, "target": target, **SMALL, **options}),
        Registry(),
        folders=RunFolders(home=home),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=progress,
        ingest_options=replace(OPTIONS, pseudonyms=pseudonyms),  # type: ignore[arg-type]
    )


def stored_features(home: Path) -> np.ndarray:
    (cache,) = (home / "features").glob("embeddings-*.h5")
    with h5py.File(cache) as file:
        return np.asarray(file["features"])


def test_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "e.npz"
    write_features(str(path), ("a", "b"))
    encoder = Embeddings(path)
    check_contract("encoder", encoder)
    assert encoder.out_dim == 5
    assert encoder.weights.source == "file:e.npz"
    assert encoder.weights.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    write_features(str(path), ("a", "b", "c"), width=6)
    changed = Embeddings(path)
    assert changed.weights.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (changed.out_dim, len(changed.case_ids())) == (6, 3)


def test_a_table_without_images(home: Path) -> None:
    write_table()
    ids = [f"Doe {i}" for i in np.random.default_rng(1).permutation(N)]
    write_features("e.npz", (*ids, "somebody else"))
    progress = Lines()
    encoder = "embeddings:path=e.npz,pretrained_on=imagenet"
    estimated = estimate(
        read_benchmark(None, {"dataset": TABLE, "target": "n1", "encoder": (encoder,), **SMALL}),
        Registry(),
        folders=RunFolders(home=home),
        executor=Choice(name="inline"),
        workers=1,
        progress=progress,
    )
    assert estimated.methods[0].slices == 0
    folder = run_small(home, progress, encoder=(encoder,))
    line = "embeddings:path=e.npz,pretrained_on=imagenet: 1 case of the file is not in the cohort"
    assert line in progress.lines
    with np.load("e.npz") as stored:
        expected = dict(zip(stored["ids"], stored["features"], strict=True))
    (cohort_file,) = (home / "cohorts").glob("*.h5")
    rows = np.float32([expected[id_] for id_ in read_cohort(cohort_file).ids])
    np.testing.assert_array_equal(stored_features(home), rows[None])
    with LedgerReader.open(folder) as ledger:
        (method,) = ledger.methods()
    assert method.label == "embeddings:path=e.npz,pretrained_on=imagenet"
    assert "Doe" not in "".join(progress.lines)
    assert b"somebody else" not in b"".join(path.read_bytes() for path in folder.glob("*"))


def test_a_baseline_on_features_of_a_file(home: Path) -> None:
    write_table()
    write_features("e.npz", (*(f"Doe {i}" for i in range(N)), "somebody else"))
    progress = Lines()
    pooled = 'pooled:encoder="embeddings:path=e.npz",model=logistic'
    run_small(home, progress, encoder=("none",), baseline=(pooled,))
    assert any("1 case of the file is not in the cohort" in line for line in progress.lines)


def test_the_fingerprint_is_that_of_the_content(home: Path, silent: Progress) -> None:
    write_table()
    ids = tuple(f"Doe {i}" for i in range(N))
    write_features("e.npz", ids)
    Path("moved").mkdir()
    write_features("moved/e.npz", ids)
    fingerprints = []
    for path in ("e.npz", f"{Path.cwd()}/moved/e.npz"):
        folder = run_small(home, silent, encoder=(f"embeddings:path={path}",))
        with LedgerReader.open(folder) as ledger:
            fingerprints.append([method.fingerprint for method in ledger.methods()])
            texts = "".join(str(manifest) for manifest in ledger.manifests())
    assert fingerprints[0] == fingerprints[1]
    assert texts.count("e.npz") > 1
    write_features("e.npz", ids, width=6)
    folder = run_small(home, silent, encoder=("embeddings:path=e.npz",))
    with LedgerReader.open(folder) as ledger:
        assert len(ledger.methods()) == 2


def test_ids_of_a_table_with_pseudonyms(home: Path, silent: Progress) -> None:
    write_table()
    write_features("e.npz", tuple(f"Doe {i}" for i in range(N)))
    key = Pseudonyms(key=b"0123456789abcdef")
    run_small(home, silent, encoder=("embeddings:path=e.npz",), pseudonyms=key)
    (cohort_file,) = (home / "cohorts").glob("*.h5")
    order = [key.replace("id", f"Doe {i}") for i in range(N)]
    rows = [order.index(id_) for id_ in read_cohort(cohort_file).ids]
    with np.load("e.npz") as stored:
        np.testing.assert_array_equal(
            stored_features(home)[0], np.float32(stored["features"][rows])
        )


def test_features_of_slices_and_exchanged_patients(
    home: Path, small_phantoms: Path, silent: Progress
) -> None:
    synthetic = "synthetic:n=24"
    shutil.copytree(small_phantoms, home / "cohorts")
    (path,) = (home / "cohorts").glob("*.h5")
    cohort = read_cohort(path)
    counts = np.diff(cohort.offsets)
    ids = [id_ for id_, count in zip(cohort.ids, counts, strict=True) for _ in range(count)]
    write_features("e.npz", tuple(ids))
    with np.load("e.npz") as stored:  # the last slice first
        arrays = {"ids": stored["ids"][::-1], "features": stored["features"][::-1]}
        features = np.float32(stored["features"])
    np.savez("e.npz", **arrays, slices=np.arange(len(ids))[::-1])
    name = "embeddings:path=e.npz,level=slice"
    encoders = (name, f"{name},control=other_patient")
    folder = run_small(home, silent, dataset=synthetic, encoder=encoders, aux=("none", "pt"))
    np.testing.assert_array_equal(stored_features(home), features[None])
    with LedgerReader.open(folder) as ledger:
        labels = {method.label for method in ledger.methods()}
    assert {*encoders, f"{name} + pt"} <= labels
    for task in ("rotation", "segment"):
        with pytest.raises(UserError, match=f"task {task} learns from .*cannot encode"):
            run_small(home, silent, dataset=synthetic, encoder=(name,), aux=(task,))


@pytest.mark.parametrize(
    ("encoder", "options", "match"),
    [
        ("control=noise", {}, "unchanged images.*control=other_patient"),
        ("control=shuffled_roi", {}, "unchanged images"),
        ("train=all", {}, "no stages to train: expected train=none, got train=all"),
        ("", {"training": {"augment": "flip"}}, "no images to augment.*augment=none"),
        ("level=slice", {}, "no images for the encoder embeddings"),
    ],
)
def test_what_a_file_cannot_have_is_refused(
    home: Path, silent: Progress, encoder: str, options: dict[str, object], match: str
) -> None:
    write_table()
    write_features("e.npz", tuple(f"Doe {i}" for i in range(N)))
    chosen = "embeddings:path=e.npz" + (f",{encoder}" if encoder else "")
    with pytest.raises(UserError, match=match):
        run_small(home, silent, encoder=(chosen,), **options)


def test_missing_cases_are_counted(home: Path, silent: Progress) -> None:
    write_table()
    write_features("e.npz", tuple(f"Doe {i}" for i in range(3, N)))
    with pytest.raises(UserError, match=f"has no features of 3 of {N} cases") as error:
        run_small(home, silent, encoder=("embeddings:path=e.npz",))
    assert "Doe" not in str(error.value)


def test_files_of_another_kind_or_place_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"unknown kind of file, e\.mat: expected \.h5"):
        Embeddings(tmp_path / "e.mat")
    for kind in ("h5", "npz", "parquet", "csv"):
        with pytest.raises(UserError, match="No such file"):
            Embeddings(tmp_path / f"e.{kind}").out_dim  # noqa: B018
