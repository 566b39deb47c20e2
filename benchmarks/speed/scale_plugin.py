"""Cohorts of any size with small images of noise, and a cheap encoder: a plugin for `scale.py`.

    lnmbench run --plugin benchmarks/speed/scale_plugin.py --patch 16 \\
        --dataset noise:n=500 --encoder wide:dim=2048 --aux stage
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import SimpleITK as sitk

from lnmbench import Card, Case, Cohort, Column, Volume, Weights, hookimpl
from lnmbench.contracts import AuxTask, Dataset, Encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

PATCH = 16
"""Pixels across a patch, the fewest that a cohort can have."""
_SPACING_MM = (0.7, 0.7, 5.0)
_FEATURES = 12
_STAGES = 4
_CARD = Card(
    title="cohort of noise",
    license="none",
    source="drawn by benchmarks/speed/scale_plugin.py",
    citation="none",
    labels="drawn from a logistic model of all features",
    synthetic=True,
)


class Noise:
    """Patients with a clinical table, a stage, and CT slices of noise of which all are tumor."""

    def __init__(self, n: int = 500, slices: int = 8, seed: int = 0) -> None:
        self._n, self._slices, self._seed = n, slices, seed
        self._names = [f"feature_{i}" for i in range(_FEATURES)]
        self.columns: Sequence[Column] = (
            *(Column(name=name, role="feature") for name in self._names),
            Column(name="n2", role="target", kind="binary", label="n2", categories=("0", "1")),
            Column(name="stage", role="aux", label="stage"),
        )
        self.card = _CARD
        self.sources: Sequence[Path] = ()
        self.notes: Sequence[str] = ()

    def cases(self) -> Iterator[Case]:
        """Yield the patients, the same ones for the same seed."""
        random = np.random.default_rng(self._seed)
        x = random.standard_normal((self._n, _FEATURES))
        logit = 0.5 * x.sum(axis=1) - 1.2
        positive = random.random(self._n) < 1.0 / (1.0 + np.exp(-logit))
        noisy = logit + random.standard_normal(self._n)
        stage = np.digitize(noisy, np.quantile(noisy, [0.25, 0.5, 0.75]))
        for i in range(self._n):
            cells: dict[str, object] = dict(zip(self._names, x[i].tolist(), strict=True))
            cells["n2"], cells["stage"] = str(int(positive[i])), int(stage[i])
            yield Case(id=f"{self._seed}-{i}", values=cells, volume=lambda i=i: self._draw(i))

    def _draw(self, case: int) -> Volume:
        random = np.random.default_rng([self._seed, case])
        hu = random.integers(-1000, 400, (self._slices, PATCH, PATCH), dtype=np.int16)
        images = [sitk.GetImageFromArray(array) for array in (hu, np.ones(hu.shape, np.uint8))]
        for image in images:
            image.SetSpacing(_SPACING_MM)
        return Volume(image=images[0], mask=images[1])


class Wide:
    """An encoder with one frozen layer of `dim` rectified features, which is cheap."""

    level: Literal["slice"] = "slice"

    def __init__(self, dim: int = 2048) -> None:
        self.out_dim = dim
        self.weights = Weights(source="random")

    def stages(self) -> nn.Sequential:
        """Return the layer, with the same weights in each call."""
        import torch
        from torch import nn

        weight = torch.randn(self.out_dim, PATCH**2, generator=torch.Generator().manual_seed(0))
        layer = nn.Linear(PATCH**2, self.out_dim)
        layer.weight.data, layer.bias.data = weight / PATCH, torch.zeros(self.out_dim)
        parts = {"flatten": nn.Flatten(), "layer": layer, "relu": nn.ReLU()}
        stages = nn.Sequential()
        for name, part in parts.items():
            stages.add_module(name, part)
        return stages.eval()


class Stage:
    """An auxiliary task: the stage of a case, of four."""

    title = "stage"
    kind: Literal["ordinal"] = "ordinal"
    outputs = _STAGES

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return the stages (n,)."""
        return np.asarray(cohort.values["stage"], dtype=np.float64)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return no note."""
        return ()

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy of each case, (…, n) for logits (…, n, 4)."""
        classes = targets.long().expand(logits.shape[:-1]).unsqueeze(-1)
        return -logits.log_softmax(-1).gather(-1, classes).squeeze(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each stage, (…, n, 4)."""
        return logits.softmax(-1)


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Offer cohorts of noise."""
    return {"noise": Noise}


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer the cheap encoder."""
    return {"wide": Wide}


@hookimpl
def register_aux_tasks() -> Mapping[str, Callable[..., AuxTask]]:
    """Offer the stage."""
    return {"stage": Stage}
