"""Fine-tuning from what is asked to the ledger, on a small cohort with torchvision's resnet18."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.records import Choice, Preprocessing, RunFolders, Training
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.plan.encoders import refuse_untrainable
from lnmbench.stages.run import run
from lnmbench.store.ledger import LedgerReader

pytest.importorskip("torchvision")

NETWORK = "resnet18:weights=random"
SHORT = f"{NETWORK},cut=layer2"
STILL = {"clip": 1e9, "weight_decay": 0.1, "encoder_learning_rate": 1e-12}

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
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that the tests here share: they ingest once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def predict(home: Path, tmp_path: Path, silent: Progress) -> Predict:
    """Runs one arm and returns what it predicts for its test cases."""

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
            folders=RunFolders(home=home, out=tmp_path / str(len(list(tmp_path.iterdir())))),
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
def new_caches(home: Path) -> Callable[[], list[dict[str, tuple[int, ...]]]]:
    before = set(caches(home))
    return lambda: [own for path, own in caches(home).items() if path not in before]


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
    moved = predict(f"{NETWORK},train=layer4", **{**STILL, "encoder_learning_rate": 1e-3})
    assert np.nanmax(np.abs(moved - frozen)) > 1e-3


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
    plain = predict(encoder, **training)
    changed = predict(encoder, augment="flip+rotation", views=2, **training)
    made = [{name: own[0] for name, own in cache.items()} for cache in new_caches()]
    assert shapes in made
    assert np.isfinite(changed).any()
    assert np.nanmax(np.abs(changed - plain)) > 1e-4


@pytest.mark.parametrize(
    ("encoder", "match"),
    [
        ("resnet18:train=layer5", "no stage 'layer5'.*expected none, all, to_rgb, stem.*layer4"),
        ("resnet18:train=pool", "no parameters to train from stage pool.*layer4"),
        ("none:train=all", "level none"),
        ("r3d_18:train=all", "level volume"),
    ],
)
def test_what_cannot_be_trained_is_one_line(encoder: str, match: str) -> None:
    name, _, train = encoder.partition(":train=")
    registry = Registry()
    own = {} if name == "none" else {"weights": "random"}
    choice = Choice(name=name, parameters={**own, "train": train})
    with pytest.raises(UserError, match=match):
        refuse_untrainable(registry.encoders.build(choice), choice, Training())


@pytest.mark.parametrize(("train", "refused"), [("none", True), ("layer4", True), ("stem", False)])
def test_augmenting_frozen_images_needs_views(train: str, refused: bool) -> None:
    choice = Choice(name="resnet18", parameters={"weights": "random", "train": train})
    encoder = Registry().encoders.build(choice)
    expected = pytest.raises(UserError, match="views: expected at least 2") if refused else None
    with expected or nullcontext():
        refuse_untrainable(encoder, choice, Training(augment="flip", views=1))


def test_an_encoder_of_volumes_sees_each_case_as_a_whole(
    predict: Predict, home: Path, tmp_path: Path
) -> None:
    plugin = tmp_path / "volumes.py"
    plugin.write_text(VOLUMES, encoding="utf-8")
    assert np.isfinite(predict("depth", plugins=(str(plugin),))).any()
    (path,) = (home / "features").glob("depth-*.h5")
    (cohort,) = (home / "cohorts").glob("*.h5")
    with h5py.File(path) as cache, h5py.File(cohort) as file:
        np.testing.assert_array_equal(cache["features"][0, :, 0], np.diff(file["offsets"][:]))
