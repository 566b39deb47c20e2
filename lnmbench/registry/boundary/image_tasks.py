"""Auxiliary tasks that learn from images, behind the boundary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, cast, get_args

import numpy as np

from lnmbench.contracts import AuxTask, ImageTask
from lnmbench.records import EncodedImages, Examples, ImageInputs, Label
from lnmbench.registry.boundary.arrays import require_array, view_read_only
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import Unexpected, describe, require_option

if TYPE_CHECKING:
    from numpy.typing import NDArray
from lnmbench.registry.boundary.task_labels import CLASSES, require_targets


class ImageTaskMixin:
    """The examples of a plugin's auxiliary task that learns from images."""

    _task: AuxTask
    _boundary: Boundary
    kind: Label
    outputs: int
    _try_labels: Callable[[NDArray[np.float64]], None]

    @property
    def images(self) -> ImageInputs:
        """Images that the task learns from in addition to the slices, if any."""
        check = partial(require_option, options=get_args(ImageInputs))
        return cast("ImageInputs", self._boundary.read("images", check, self._task))

    def examples(self, images: EncodedImages) -> Examples:
        """Return the examples of all cases."""
        function = cast("ImageTask", self._task).examples
        check = partial(self._require_examples, images=images)
        examples = self._boundary.call("examples", check, function, _view_images(images))
        self._try_labels(examples.targets)
        return examples

    def _require_examples(self, value: object, images: EncodedImages) -> Examples:
        if not isinstance(value, Examples):
            raise Unexpected("lnmbench.records.Examples", describe(value))
        count, cases, last = len(value.case), len(images) - 1, len(images.features) - 1
        if not count:
            raise Unexpected("at least one example", "none")
        shape = (count, None, None)
        if self.kind in CLASSES and np.ndim(value.targets) != 1:
            raise Unexpected("one number of a class for each example", f"{np.shape(value.targets)}")
        rows = require_array(value.rows, shape=shape, low=-1, high=last).astype(np.int64)
        if not rows.size or (rows[..., 0] < 0).any():
            raise Unexpected("at least one row in each bag", "a bag without rows")
        return Examples(
            case=require_array(value.case, shape=(count,), low=0, high=cases).astype(np.int64),
            rows=rows,
            targets=_require_example_targets(value.targets, count, self.kind, self.outputs),
        )

    def _require_targets(self, value: object, cases: int) -> NDArray[np.float64]:
        targets = require_array(value, shape=(cases,), nan=True)
        wrong = targets[~np.isnan(targets) & (targets != 1.0)]
        if wrong.size:
            raise Unexpected("1 for a case with an example, else NaN", f"{wrong[0]:g}")
        return targets

    def _try(self, targets: NDArray[np.float64]) -> None:
        """Do nothing: there are no labels before the examples."""


def _view_images(images: EncodedImages) -> EncodedImages:
    """Return the images with read-only views of their arrays."""
    arrays = {field.name: getattr(images, field.name) for field in fields(images)}
    return EncodedImages(**{name: view_read_only(array) for name, array in arrays.items()})


def _require_example_targets(
    value: object, count: int, kind: Label, outputs: int
) -> NDArray[np.float64]:
    targets = require_targets(value, count=count, kind=kind, outputs=outputs)
    if np.isnan(targets).any():
        raise Unexpected("targets without NaN", f"{int(np.isnan(targets).sum())} NaN")
    return targets
