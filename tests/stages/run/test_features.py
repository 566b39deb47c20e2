"""Feature caches of frozen encoder stages, and the networks that are trained on them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Preprocessing, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.run import run
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.ledger import LedgerReader

pytest.importorskip("torchvision")

COUNTER = """
import torch
from torch import nn
from lnmbench import Weights, hookimpl

class Counting(nn.Module):
    seen = 0
    def forward(self, slices):
        Counting.seen += len(slices)
        return slices.flatten(1)[:, ::5000]

class Counter:
    \"\"\"Counts the slices that pass through it.\"\"\"
    level, out_dim = "slice", 11
    weights = Weights(source="none needed", sha256="counter")
    def stages(self):
        return nn.Sequential(Counting())

@hookimpl
def register_encoders():
    return {"counter": Counter}
"""


def test_each_slice_is_encoded_once_for_all_folds_and_methods(
    home: Path, phantoms: Path, silent: Progress
) -> None:
    pytest.importorskip("torch")
    shutil.copytree(phantoms, home / "cohorts")
    Path("counter.py").write_text(COUNTER, encoding="utf-8")
    registry = Registry(["counter.py"])
    options = {
        "dataset": "synthetic:n=24",
        "encoder": ("counter",),
        "aux": ("pt", "none"),
        "only": True,
        "repeats": 2,
        "folds": 2,
        "inner": 2,
        "training": {"max_epochs": 2},
    }
    for seed in (0, 1):
        run(
            read_benchmark(None, {**options, "seed": seed}),
            registry,
            folders=RunFolders(home=home),
            executor=Choice(name="inline"),
            workers=1,
            plugins=("counter.py",),
            progress=silent,
        )
    (cohort,) = (home / "cohorts").glob("*.h5")
    counting = registry.encoders.build(Choice(name="counter")).stages()[0]
    slices = int(read_cohort(cohort).offsets[-1])
    assert slices > 24
    calls_that_compare_features = 2
    assert type(counting).seen == slices + calls_that_compare_features


OTHERS = """
from sklearn.ensemble import HistGradientBoostingClassifier
from lnmbench import Weights, hookimpl
from torch import nn

class Trees:
    \"\"\"A classifier that is no pipeline.\"\"\"
    def estimator(self, columns):
        return HistGradientBoostingClassifier(max_iter=3)
    def candidates(self):
        return [{"learning_rate": 0.1}, {"learning_rate": 0.3}]

class Hand:
    \"\"\"Hand-made features: no weights, but images.\"\"\"
    level, out_dim = "slice", 1
    weights = Weights(source="none")
    def stages(self):
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())

@hookimpl
def register_baselines():
    return {"trees": Trees}

@hookimpl
def register_encoders():
    return {"hand": Hand}
"""


def test_baselines_without_a_pipeline_and_encoders_without_weights(
    home: Path, phantoms: Path, silent: Progress
) -> None:
    shutil.copytree(phantoms, home / "cohorts")
    Path("others.py").write_text(OTHERS, encoding="utf-8")
    options = {"dataset": "synthetic:n=24", "encoder": ("hand",), "baseline": ("trees",)}
    small = {"only": True, "repeats": 1, "folds": 2, "inner": 2, "training": {"max_epochs": 1}}
    run(
        read_benchmark(None, {**options, **small}),
        Registry(["others.py"]),
        folders=RunFolders(home=home),
        executor=Choice(name="inline"),
        workers=1,
        plugins=("others.py",),
        progress=silent,
    )
    assert len(list((home / "features").glob("hand-*.h5"))) == 1


NETWORK = "resnet18:weights=random"
SHORT = f"{NETWORK},cut=layer2"
STILL = {"clip": 1e9, "weight_decay": 0.1, "encoder_learning_rate": 1e-12, "max_epochs": 3}

VOLUMES = """
import torch
from torch import nn
from lnmbench import Weights, hookimpl

class Whole(nn.Module):
    def forward(self, volumes):
        assert len(volumes) == 1 and volumes.shape[1] == 1
        length = torch.full((1, 1), float(volumes.shape[2]))
        return torch.cat([length, volumes.mean((1, 2, 3, 4))[:, None]], 1)

class Depth:
    \"\"\"How many slices a case has, and its mean.\"\"\"
    level, out_dim = "volume", 2
    weights = Weights(source="none")
    def stages(self):
        return nn.Sequential(Whole())

@hookimpl
def register_encoders():
    return {"depth": Depth}
"""

Predict = Callable[..., NDArray[np.float64]]


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that the tests of `predict` share: they ingest once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def predict(shared_home: Path, tmp_path: Path, silent: Progress) -> Predict:
    """Runs one method and returns what it predicts for its test cases."""

    def predicted(
        encoder: str, plugins: tuple[str, ...] = (), **training: object
    ) -> NDArray[np.float64]:
        asked = {
            "dataset": "synthetic:n=20",
            "encoder": (encoder,),
            "only": True,
            "repeats": 1,
            "folds": 2,
            "inner": 2,
            "training": {"max_epochs": 1, **training},
        }
        folder = run(
            read_benchmark(None, asked),
            Registry(plugins),
            folders=RunFolders(home=shared_home, out=tmp_path / str(len(list(tmp_path.iterdir())))),
            executor=Choice(name="inline"),
            workers=1,
            plugins=plugins,
            progress=silent,
            ingest_options=IngestOptions(preprocessing=Preprocessing(patch=32)),
        )
        with LedgerReader.open(folder) as ledger:
            (method,) = ledger.methods()
            found: NDArray[np.float64] = ledger.predictions(method.fingerprint, "target")
            return found

    return predicted


def caches(home: Path) -> dict[Path, dict[str, tuple[int, ...]]]:
    """The shapes of the arrays in each feature cache."""
    found = {}
    for path in (home / "features").glob("*.h5"):
        with h5py.File(path) as file:
            found[path] = {name: file[name].shape for name in file if name != "checksums"}
    return found


@pytest.fixture
def new_caches(shared_home: Path) -> Callable[[], list[dict[str, tuple[int, ...]]]]:
    before = set(caches(shared_home))
    return lambda: [own for path, own in caches(shared_home).items() if path not in before]


def test_stages_that_do_not_move_are_frozen_ones(
    predict: Predict, new_caches: Callable[[], list[dict[str, tuple[int, ...]]]]
) -> None:
    frozen = predict(NETWORK, **STILL)
    (cached,) = new_caches()
    (views, slices, dim) = cached["features"]
    assert (views, dim) == (1, 512)
    whole = predict(f"{NETWORK},train=all", **STILL)
    assert len(new_caches()) == 1, "trained as a whole, it caches what it does frozen"
    cut = predict(f"{NETWORK},train=layer4", **STILL)
    (other,) = [own for own in new_caches() if own != cached]
    assert other == {"features": (1, slices, 512), "maps": (1, slices, 256, 2, 2)}
    np.testing.assert_allclose(whole, frozen, rtol=0, atol=1e-4)
    np.testing.assert_allclose(cut, frozen, rtol=0, atol=1e-4)
    moved = predict(f"{NETWORK},train=layer4", **{**STILL, "encoder_learning_rate": 1e-2})
    assert np.nanmax(np.abs(moved - frozen)) > 1e-3


@pytest.mark.parametrize("control", ["shuffled_roi", "other_patient"])
def test_an_image_control_reaches_frozen_and_trained_stages(
    predict: Predict, new_caches: Callable[[], list[dict[str, tuple[int, ...]]]], control: str
) -> None:
    plain = predict(SHORT, **STILL)
    before = len(new_caches())
    frozen = predict(f"{SHORT},control={control}", **STILL)
    assert np.nanmax(np.abs(frozen - plain)) > 1e-4
    assert len(new_caches()) == before + (control != "other_patient")
    for train in ("all", "layer2"):
        trained = predict(f"{SHORT},control={control},train={train}", **STILL)
        np.testing.assert_allclose(trained, frozen, rtol=0, atol=1e-4)
    other_seed = predict(f"{SHORT},control={control},control_seed=1", **STILL)
    assert np.nanmax(np.abs(other_seed - frozen)) > 1e-5


@pytest.mark.parametrize(
    ("train", "training", "shapes"),
    [
        ("layer2", {"batch_norm": "batch", "precision": "bfloat16"}, {"features": 1, "maps": 2}),
        ("none", {}, {"features": 2}),
        ("stem", {}, {"features": 1}),
    ],
)
def test_augmentation_is_cached_where_images_are_frozen(
    predict: Predict,
    new_caches: Callable[[], list[dict[str, tuple[int, ...]]]],
    train: str,
    training: dict[str, object],
    shapes: dict[str, int],
) -> None:
    encoder = f"{SHORT},train={train}"
    plain = predict(encoder, feature_penalty=0, **training)
    changed = predict(encoder, feature_penalty=0, augment="flip+rotation", views=2, **training)
    made = [{name: own[0] for name, own in cache.items()} for cache in new_caches()]
    assert shapes in made
    assert np.isfinite(changed).any()
    assert np.nanmax(np.abs(changed - plain)) > 1e-4


def test_features_of_two_precisions_have_a_cache_each(
    predict: Predict, new_caches: Callable[[], list[dict[str, tuple[int, ...]]]]
) -> None:
    exact = predict(SHORT, **STILL)
    before = len(new_caches())
    rounded = predict(SHORT, precision="bfloat16", **STILL)
    assert len(new_caches()) == before + 1
    assert 0 < np.nanmax(np.abs(rounded - exact)) < 0.05
    predict(SHORT, precision="float32", **STILL)
    predict(f"{SHORT},train=all", precision="bfloat16_trained", **STILL)
    assert len(new_caches()) == before + 1, "features of frozen stages stay in float32"


def test_an_encoder_of_volumes_sees_each_case_as_a_whole(
    predict: Predict, shared_home: Path, tmp_path: Path
) -> None:
    plugin = tmp_path / "volumes.py"
    plugin.write_text(VOLUMES, encoding="utf-8")
    assert np.isfinite(predict("depth", plugins=(str(plugin),))).any()
    (path,) = (shared_home / "features").glob("depth-*.h5")
    (cohort,) = (shared_home / "cohorts").glob("*.h5")
    with h5py.File(path) as cache, h5py.File(cohort) as file:
        np.testing.assert_array_equal(cache["features"][0, :, 0], np.diff(file["offsets"][:]))


OWN_GRID = """
import torch
from lnmbench import Weights, hookimpl
from lnmbench.records import EncoderGrid
from torch import nn

class Cubes:
    \"\"\"Voxels of its own grid as features.\"\"\"
    level, out_dim = "volume", 8
    weights = Weights(source="none")
    grid = EncoderGrid(
        spacing_mm=(1.5, 1.5, 4), size=(2, 2, 2), window_hu=(-1000, 1000), intensity=(0, 1),
        orientation="LPS",
    )
    def stages(self):
        return nn.Sequential(nn.Flatten())

@hookimpl
def register_encoders():
    return {"cubes": Cubes}
"""


@pytest.mark.usefixtures("plugin")
def test_an_encoder_gets_volumes_of_its_own_grid(home: Path, silent: Progress) -> None:
    Path("cubes.py").write_text(OWN_GRID, encoding="utf-8")
    options = {
        "dataset": "made:n=16",
        "target": "n1",
        "encoder": ("cubes", "cubes:control=noise"),
        "only": True,
        "repeats": 1,
        "folds": 2,
        "inner": 2,
        "training": {"max_epochs": 1},
    }

    def run_with(native_mm: float, **changed: object) -> Path:
        preprocessing = Preprocessing(spacing_mm=(1.0, 1.0, 1.0), patch=16, native_mm=native_mm)
        return run(
            read_benchmark(None, {**options, **changed}),
            Registry(["made.py", "cubes.py"]),
            folders=RunFolders(home=home),
            executor=Choice(name="inline"),
            workers=1,
            plugins=("made.py", "cubes.py"),
            progress=silent,
            ingest_options=IngestOptions(preprocessing=preprocessing),
        )

    with pytest.raises(UserError, match=r"up to 2 mm .*got none in made.*--keep-native 2,"):
        run_with(0.0)
    with pytest.raises(UserError, match="got up to 1 mm in cohort made"):
        run_with(1.0)
    with pytest.raises(UserError, match="its own grid, whose volumes are not augmented"):
        run_with(2.0, training={"augment": "flip"})
    folder = run_with(2.0)
    with LedgerReader.open(folder) as ledger:
        methods = {method.label: method for method in ledger.methods()}
    assert methods["cubes"].window_hu == (-1000, 1000)
    assert methods["cubes"].grid is not None
    assert methods["cubes"].grid.size == (2, 2, 2)
    ids = next(
        cohort.ids
        for cohort in map(read_cohort, (home / "cohorts").glob("*.h5"))
        if cohort.preprocessing.native_mm == 2.0
    )
    # tumor z 2 to 4, y and x 10 to 13: its center is (3, 11.5, 11.5), in steps of 0.5 and 2 mm
    images = [
        np.random.default_rng(int(id_.removeprefix("PAT-"))).normal(0, 50, (8, 24, 24))
        for id_ in ids
    ]
    expected = [
        [(image[z, y, x] + 1000) / 2000 for x in (10, 13) for y in (10, 13) for z in (2, 4)]
        for image in map(np.rint, images)
    ]
    distances = [np.abs(features[0] - expected).max() for features in features_of(home)]
    assert len(distances) == 2
    assert min(distances) < 1e-3  # of unchanged images
    assert max(distances) > 0.01


def features_of(home: Path) -> list[NDArray[np.float32]]:
    caches = []
    for path in (home / "features").glob("cubes-*.h5"):
        with h5py.File(path) as file:
            caches.append(np.asarray(file["features"]))
    return caches
