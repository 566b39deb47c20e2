"""The settings with which a network is trained."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from lnmbench.records.column import OMITTED_BY_DEFAULT

PoolingKind = Literal["mean", "max", "attention", "gated_attention", "transformer"]
"""Ways in which a network makes one vector of the tokens of a case."""

POOLINGS: tuple[PoolingKind, ...] = get_args(PoolingKind)
"""All poolings."""

Precision = Literal["auto", "float32", "bfloat16", "bfloat16_trained"]
"""Arithmetic of an encoder: float32, or bfloat16 in all its stages or in the trained ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """The settings of one network fit.

    `patience`, `max_epochs` and `warmup_epochs` are in epochs, `batch_size` in cases. The learning
    rates rise over the warm-up and then stay (`constant`) or fall to zero at `max_epochs`
    (`cosine`). `clip` bounds the gradient norm of each fit. The heads have a learning rate of
    their own.

    Slice features are projected to tokens of width `token_dim`, by their `principal` components in
    the training cases or by a `trained` projection; None keeps the encoder's width. Over the
    tokens of a case stand `layers` transformer layers with `dropout`, none by default, then
    `pooling`, by default the mean; `search_pooling` names others for a search to try, joined by
    plus signs. After `search_epochs`, a search drops half of its candidates in each outer fold;
    None trains all to the end. `feature_penalty` acts on the pooled token like the penalty of a
    ridge regression, by dropout at the rate penalty / (penalty + n) for n training cases. It acts
    so on the features of modalities other than the clinical one, too, each of which has a layer of
    its own; `modality_dropout` is the rate at which training omits such a modality, or the images,
    of a case from the head of the target.

    Encoder stages run in `precision`: in float32, in `bfloat16`, or with `bfloat16_trained` in
    bfloat16 where they are trained (auto: that on a GPU that supports it, else float32). Trained
    ones learn at `encoder_learning_rate`, with the statistics of their batch normalization `frozen`
    or taken from each `batch`, after `torch.compile` with `compile`. `augment` names random changes
    of the images during training, `flip+shift+rotation+intensity` or some of them. For frozen
    encoder stages, the features of `views` of each slice are cached.
    """

    learning_rate: float = 3e-3
    head_learning_rate: float = 5e-3
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup_epochs: int = 3
    weight_decay: float = 1e-2
    feature_penalty: float = 240.0
    dropout: float = 0.1
    projection: Literal["principal", "trained"] = "principal"
    token_dim: int | None = 64
    heads: int = 4
    layers: int = 0
    image_features: int = 8
    batch_size: int = 32
    max_epochs: int = 30
    patience: int = 10
    clip: float = 1.0
    encoder_learning_rate: float = 1e-4
    batch_norm: Literal["frozen", "batch"] = "frozen"
    precision: Precision = "auto"
    compile: bool = False
    augment: str = "none"
    views: int = 4
    modality_dropout: float = field(default=0.0, metadata={OMITTED_BY_DEFAULT: True})
    pooling: PoolingKind = field(default="mean", metadata={OMITTED_BY_DEFAULT: True})
    search_pooling: str = field(default="none", metadata={OMITTED_BY_DEFAULT: True})
    search_epochs: int | None = field(default=None, metadata={OMITTED_BY_DEFAULT: True})

    @property
    def encodes_in_bfloat16(self) -> bool:
        """True if frozen encoder stages run in bfloat16, too."""
        return self.precision == "bfloat16"

    @property
    def trains_in_bfloat16(self) -> bool:
        """True if trained encoder stages run in bfloat16."""
        return self.precision in ("bfloat16", "bfloat16_trained")

    @property
    def poolings(self) -> tuple[str, ...]:
        """The poolings among which a search chooses, the network's own first.

        Examples
        --------
        >>> Training(search_pooling="attention+max+mean").poolings
        ('mean', 'attention', 'max')
        """
        others = [] if self.search_pooling == "none" else self.search_pooling.split("+")
        return tuple(dict.fromkeys([self.pooling, *(name.strip() for name in others)]))


def describe_training(training: Training) -> dict[str, object]:
    """Return the settings without those that are omitted by default."""
    return {
        each.name: getattr(training, each.name)
        for each in fields(training)
        if OMITTED_BY_DEFAULT not in each.metadata or getattr(training, each.name) != each.default
    }
