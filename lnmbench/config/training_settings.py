"""Training settings and their bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict

from lnmbench.errors import UserError
from lnmbench.parameters import bind
from lnmbench.records import Choice, Training
from lnmbench.records.training import POOLINGS

CAN_BE_ZERO = (
    *("weight_decay", "dropout", "feature_penalty", "layers", "warmup_epochs", "modality_dropout"),
)
"""Training settings for which 0 is allowed."""

LARGEST = {
    **dict.fromkeys(
        ("max_epochs", "warmup_epochs", "patience", "search_epochs", "batch_size"), 1_000_000
    ),
    **dict.fromkeys(("token_dim", "image_features"), 16_384),
    **dict.fromkeys(("heads", "layers", "views"), 256),
}
"""Upper bounds of training settings, far above any that fit into memory or time."""


def bind_training(settings: Mapping[str, object]) -> Training:
    """Return the training settings of a table; raise `UserError` for a wrong value."""
    bound = bind(Choice(name="settings", parameters=settings), Training, role="training")
    training = Training(**bound.parameters)  # type: ignore[arg-type]  # bind converts the types
    for name, value in asdict(training).items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and (value < 0 or (value == 0 and name not in CAN_BE_ZERO)):
            zero = "zero or " if name in CAN_BE_ZERO else ""
            raise _training_error(name, f"{zero}a positive number", value)
        if is_number and value > LARGEST.get(name, math.inf):
            raise _training_error(name, f"at most {LARGEST[name]}", value)
    if training.augment != "none":
        from lnmbench.nets.data.augmentation import parse_augmentations

        parse_augmentations(training.augment)
    for name in ("dropout", "modality_dropout"):
        if getattr(training, name) >= 1:
            raise _training_error(name, "below 1", getattr(training, name))
    # the default warm-up may be longer than a run of a few epochs, which is a try
    if "warmup_epochs" in settings and training.warmup_epochs >= training.max_epochs:
        expected = f"below max_epochs ({training.max_epochs})"
        raise _training_error("warmup_epochs", expected, training.warmup_epochs)
    if training.search_epochs is not None and training.search_epochs >= training.max_epochs:
        expected = f"none, or below max_epochs ({training.max_epochs})"
        raise _training_error("search_epochs", expected, training.search_epochs)
    unknown = [name for name in training.poolings if name not in POOLINGS]
    if unknown:
        expected = f"none, or some of {', '.join(POOLINGS)}, joined by plus signs"
        raise _training_error("search_pooling", expected, unknown[0])
    if "transformer" in training.poolings and not training.layers:
        setting = "pooling" if training.pooling == "transformer" else "search_pooling"
        raise UserError(
            f"training setting {setting}=transformer reads a token of the transformer layers",
            expected="layers of 1 or more",
            got="layers=0",
            then=f"add layers=2, or use {setting}=attention",
        )
    width = training.token_dim if training.layers else None
    if width is not None and width % training.heads:
        expected = f"a multiple of heads ({training.heads})"
        raise _training_error("token_dim", expected, width)
    return training


def require_trials(training: Training, tune: int) -> None:
    """Raise `UserError` for a search that tries fewer settings than it has poolings."""
    count = len(training.poolings)
    if 1 < tune < count:
        raise UserError(
            f"--tune {tune} cannot try the {count} poolings {', '.join(training.poolings)}",
            expected=f"--tune {count} or more",
            got=f"search_pooling={training.search_pooling}",
        )


def _training_error(name: str, expected: str, value: object) -> UserError:
    return UserError(f"wrong value for training setting {name}", expected=expected, got=str(value))
