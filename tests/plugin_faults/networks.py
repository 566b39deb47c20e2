"""Faults of encoders, auxiliary tasks and weightings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lnmbench import Weights
from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.records import EncoderGrid
from lnmbench.registry import Plugin
from lnmbench.registry.boundary import Boundary, guard
from lnmbench.testing import sample_cohort

PLUGIN = Plugin(name="mine", origin="mine.py", module=__name__, version="", explicit=True)
COHORT = sample_cohort()
ITS_METHODS = "the methods that use it fail; the others continue, and the run ends with an error"
EFFECTS = dict.fromkeys(("encoder", "aux task", "weighting"), ITS_METHODS)
n = len(COHORT)


class GoodEncoder:
    level: Any = "slice"
    out_dim: Any = 4
    weights: Any = Weights(source="none")

    def stages(self) -> Any:
        return nn.Sequential(nn.Flatten(), nn.Linear(16, 4))


class GoodFeatures(GoodEncoder):
    """Two rows of features that were computed elsewhere."""

    def stages(self) -> Any:
        return nn.Sequential()

    def case_ids(self) -> Any:
        return ("a", "b")

    def features(self) -> Any:
        return np.zeros((2, 4), np.float32)


class GoodGrid(GoodEncoder):
    """An encoder of volumes with a grid of its own."""

    level = "volume"
    grid: Any = EncoderGrid(spacing_mm=(1, 1, 1), size=(4, 4, 3), window_hu=(-1000, 400))


class GoodTask:
    title: Any = "size"
    kind: Any = "binary"
    outputs: Any = 1

    def targets(self, cohort: Any) -> Any:
        return np.arange(len(cohort)) % 2.0

    def notes(self, cohort: Any) -> Any:
        return ()

    def loss(self, logits: Any, targets: Any) -> Any:
        return (logits[..., 0] - targets) ** 2

    def probabilities(self, logits: Any) -> Any:
        return torch.sigmoid(logits)


class ThreeClasses(GoodTask):
    kind = "ordinal"
    outputs = 3

    def targets(self, cohort: Any) -> Any:
        return np.arange(len(cohort)) % 3.0

    def probabilities(self, logits: Any) -> Any:
        return logits.softmax(-1)


class TwoLabels(GoodTask):
    """Two binary labels; the second one is unknown in the last case, the first one is not."""

    kind = "multilabel"
    outputs = 2

    def targets(self, cohort: Any) -> Any:
        labels = np.stack([np.arange(len(cohort)) % 2.0, np.arange(len(cohort)) % 3 == 0], axis=1)
        labels[-1, 1] = np.nan
        return labels

    def loss(self, logits: Any, targets: Any) -> Any:
        return torch.where(torch.isnan(targets), 0.0, (logits - targets) ** 2).mean(-1)


class GoodWeighting:
    def initial_scalars(self, tasks: Any) -> Any:
        return (0.0,)

    def combine(self, losses: Any, scalars: Any) -> Any:
        return losses.sum(1)


GOOD: dict[str, type[Any]] = {
    "encoder": GoodEncoder,
    "aux task": GoodTask,
    "weighting": GoodWeighting,
}


def use_encoder(encoder: Any) -> None:
    encoder.level, encoder.out_dim, encoder.weights  # noqa: B018
    if hasattr(encoder, "grid"):
        encoder.grid  # noqa: B018
    if hasattr(encoder, "case_ids"):
        encoder.case_ids()
        encoder.features()
        return
    FrozenEncoder(encoder.stages())(np.linspace(-1, 1, 48, dtype=np.float32).reshape(3, 4, 4))


def use_task(task: Any) -> None:
    task.title, task.kind, task.outputs  # noqa: B018
    task.targets(COHORT)
    task.notes(COHORT)
    if hasattr(task, "space"):
        task.space()


def use_weighting(weighting: Any) -> None:
    weighting.initial_scalars(("target", "size"))
    if hasattr(weighting, "space"):
        weighting.space()


USES: dict[str, Callable[[Any], None]] = {
    "encoder": use_encoder,
    "aux task": use_task,
    "weighting": use_weighting,
}


def use(role: str, member: str, value: object, good: type[Any] | None = None) -> None:
    """Use an object of the role whose member is another one."""
    faulty = type("Faulty", (good or GOOD[role],), {member: value})()
    USES[role](guard(faulty, Boundary(plugin=PLUGIN, role=role, name="x")))


def returning(value: object) -> Callable[..., object]:
    return lambda self, *arguments: value


def raising(error: BaseException) -> Callable[..., object]:
    def fail(self: object, *arguments: object) -> object:
        raise error

    return fail


def leaving(self: object, *arguments: object) -> object:
    sys.exit(0)


class Run(nn.Module):
    """A stage that calls a function."""

    def __init__(self, function: Callable[[Tensor], object]) -> None:
        super().__init__()
        self.function = function

    def forward(self, slices: Tensor) -> object:
        return self.function(slices)


def stage(function: Callable[[Tensor], object]) -> Callable[..., object]:
    return lambda self: nn.Sequential(Run(function))


def exit_in_stage(slices: Tensor) -> object:
    sys.exit(1)


def fail_in_stage(slices: Tensor) -> object:
    raise NotImplementedError("no stage")


def change_cohort(self: object, cohort: Any) -> object:
    cohort.values["age"][0] = 0
    return cohort.values["age"]


def loss(function: Callable[[Tensor, Tensor], object]) -> Callable[..., object]:
    return lambda self, logits, targets: function(logits[..., 0], targets)


def combination(function: Callable[[Tensor], object]) -> Callable[..., object]:
    return lambda self, losses, scalars: function(losses)


FAULTS: dict[tuple[str, str], Callable[[], object]] = {
    (role, f"`{member}` {what}"): partial(use, role, member, value)
    for role, member, what, value in [
        ("encoder", "level", "is unknown", "patch"),
        ("encoder", "level", "raises an exception", property(raising(KeyError("level")))),
        ("encoder", "out_dim", "is a fraction", 4.0),
        ("encoder", "out_dim", "is 0", 0),
        ("encoder", "out_dim", "is too large", 10**12),
        ("encoder", "weights", "is a text", "imagenet"),
        ("encoder", "weights", "exits", property(leaving)),
        ("encoder", "stages", "raises an exception", raising(FileNotFoundError("weights.pt"))),
        ("encoder", "stages", "exits", leaving),
        ("encoder", "stages", "returns a function", returning(torch.relu)),
        ("encoder", "stages", "has no stage", returning(nn.Sequential())),
        (
            "encoder",
            "stages",
            "takes inputs of another size",
            returning(nn.Sequential(nn.Flatten(), nn.Linear(7, 4))),
        ),
        ("encoder", "stages", "raises an exception in a stage", stage(fail_in_stage)),
        ("encoder", "stages", "exits in a stage", stage(exit_in_stage)),
        ("encoder", "stages", "returns None from a stage", stage(lambda slices: None)),
        (
            "encoder",
            "stages",
            "has another number of features",
            returning(nn.Sequential(nn.Flatten(), nn.Linear(16, 5))),
        ),
        (
            "encoder",
            "stages",
            "has features of three axes",
            stage(lambda slices: slices.reshape(len(slices), 4, 4)),
        ),
        ("encoder", "stages", "loses slices", stage(lambda slices: slices.flatten(1)[:1, :4])),
        (
            "encoder",
            "stages",
            "has features that are NaN",
            stage(lambda slices: slices.flatten(1)[:, :4] * float("nan")),
        ),
        (
            "encoder",
            "stages",
            "has infinite features",
            stage(lambda slices: slices.flatten(1)[:, :4] / 0),
        ),
        (
            "encoder",
            "stages",
            "has features that are integers",
            stage(lambda slices: slices.flatten(1)[:, :4].int()),
        ),
        (
            "encoder",
            "stages",
            "has random features",
            stage(lambda slices: slices.flatten(1)[:, :4] + torch.rand(len(slices), 4)),
        ),
        ("aux task", "title", "is a number", 3),
        ("aux task", "kind", "is unknown", "count"),
        ("aux task", "outputs", "is 0", 0),
        ("aux task", "outputs", "is a fraction", 1.5),
        ("aux task", "outputs", "raises an exception", property(raising(ValueError("x")))),
        ("aux task", "targets", "raises an exception", raising(KeyError("size"))),
        ("aux task", "targets", "exits", leaving),
        ("aux task", "targets", "returns None", returning(None)),
        ("aux task", "targets", "returns too few", returning(np.zeros(n - 1))),
        ("aux task", "targets", "returns texts", returning(np.array(["T1"] * n))),
        ("aux task", "targets", "returns infinity", returning(np.full(n, np.inf))),
        ("aux task", "targets", "returns a class beyond the outputs", returning(np.full(n, 2.0))),
        ("aux task", "targets", "returns two labels for one output", returning(np.zeros((n, 2)))),
        ("aux task", "targets", "changes the cohort", change_cohort),
        ("aux task", "notes", "exits", leaving),
        ("aux task", "notes", "returns numbers", returning((1, 2))),
        ("aux task", "loss", "raises an exception", raising(RuntimeError("sizes differ"))),
        ("aux task", "loss", "exits", leaving),
        ("aux task", "loss", "returns None", returning(None)),
        ("aux task", "loss", "returns a number", returning(0.5)),
        ("aux task", "loss", "is reduced over the cases", loss(lambda x, y: ((x - y) ** 2).mean())),
        ("aux task", "loss", "has no axis of models", loss(lambda x, y: ((x - y) ** 2)[0])),
        ("aux task", "loss", "is detached", loss(lambda x, y: ((x - y) ** 2).detach())),
        ("aux task", "loss", "does not depend on the logits", loss(lambda x, y: y * 0)),
        ("aux task", "loss", "is NaN", loss(lambda x, y: (x - y) * float("nan"))),
        ("aux task", "loss", "is infinite", loss(lambda x, y: (x - y) / 0)),
        ("aux task", "loss", "has infinite gradients", loss(lambda x, y: (x * 0).abs().sqrt())),
        ("aux task", "loss", "is an integer", loss(lambda x, y: (x - y).int())),
        ("aux task", "probabilities", "raises an exception", raising(ValueError("x"))),
        ("aux task", "probabilities", "has another shape", lambda self, logits: logits[..., 0]),
        ("aux task", "probabilities", "returns logits", lambda self, logits: logits),
        ("aux task", "probabilities", "is NaN", lambda self, logits: logits * float("nan")),
        ("aux task", "space", "returns a list", returning(["smoothing"])),
        ("aux task", "space", "has no value", returning({"smoothing": []})),
        ("aux task", "space", "raises an exception", raising(ValueError("x"))),
        ("weighting", "initial_scalars", "raises an exception", raising(ValueError("x"))),
        ("weighting", "initial_scalars", "returns None", returning(None)),
        ("weighting", "initial_scalars", "returns NaN", returning((float("nan"),))),
        ("weighting", "initial_scalars", "returns texts", returning(("a",))),
        ("weighting", "combine", "raises an exception", raising(IndexError("index 3"))),
        ("weighting", "combine", "exits", leaving),
        ("weighting", "combine", "interrupts", raising(KeyboardInterrupt())),
        ("weighting", "combine", "returns None", returning(None)),
        ("weighting", "combine", "sums over the models", combination(lambda x: x.sum())),
        ("weighting", "combine", "keeps the tasks apart", combination(lambda x: x)),
        ("weighting", "combine", "is NaN", combination(lambda x: x.sum(1) * float("nan"))),
        ("weighting", "combine", "is detached", combination(lambda x: x.sum(1).detach())),
        ("weighting", "combine", "is an integer", combination(lambda x: x.sum(1).int())),
        ("weighting", "space", "has no value", returning({"alpha": ()})),
        ("weighting", "space", "has numbers as names", returning({1: (1, 2)})),
    ]
}
CLASSES = {
    ("targets", "returns a class between two"): returning(np.full(n, 0.5)),
    ("targets", "returns a negative class"): returning(np.full(n, -1.0)),
    ("targets", "returns a class that has no output"): returning(np.full(n, 3.0)),
    ("probabilities", "does not add up to 1"): lambda self, logits: torch.sigmoid(logits),
}
FAULTS |= {
    ("aux task", f"`{member}` {what} (three classes)"): partial(
        use, "aux task", member, value, ThreeClasses
    )
    for (member, what), value in CLASSES.items()
}
FAULTS["aux task", "`loss` does not exclude unknown elements (two labels)"] = partial(
    use, "aux task", "loss", lambda self, z, y: ((z - y) ** 2).mean(-1), TwoLabels
)
FAULTS["aux task", "`targets` returns a label between two (two labels)"] = partial(
    use, "aux task", "targets", returning(np.full((n, 2), 0.5)), TwoLabels
)
PRECOMPUTED = {
    ("case_ids", "raises an exception"): raising(KeyError("ids")),
    ("case_ids", "returns numbers"): returning((1, 2)),
    ("case_ids", "returns no ids"): returning(()),
    ("case_ids", "returns a text"): returning("ab"),
    ("features", "exits"): leaving,
    ("features", "has too few rows"): returning(np.zeros((1, 4))),
    ("features", "has another width"): returning(np.zeros((2, 3))),
    ("features", "is NaN"): returning(np.full((2, 4), np.nan)),
    ("features", "has integers"): returning(np.zeros((2, 4), int)),
}
FAULTS |= {
    ("encoder", f"`{member}` {what} (precomputed)"): partial(
        use, "encoder", member, value, GoodFeatures
    )
    for (member, what), value in PRECOMPUTED.items()
}
GRIDS = {
    ("grid", "is a shape"): (4, 4, 3),
    ("grid", "raises an exception"): property(raising(ValueError("x"))),
    ("level", "is slice"): "slice",
}
FAULTS |= {
    ("encoder", f"`{member}` {what} (own grid)"): partial(use, "encoder", member, value, GoodGrid)
    for (member, what), value in GRIDS.items()
}
