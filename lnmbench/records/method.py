"""What is compared: a network with its tasks, or a baseline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from lnmbench.records.auxiliary import is_shuffled
from lnmbench.records.choice import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Where an encoder's weights come from: imagenet, random, a file, or none at all."""

    source: str
    sha256: str = ""
    note: str = ""

    @property
    def file(self) -> str:
        """The name of the file that they come from, else an empty text."""
        kind, _, name = self.source.partition(":")
        return name if kind == "file" else ""

    def is_file(self, value: object) -> bool:
        """Whether a parameter's value is the place of that file."""
        text, own = str(value), self.file
        return bool(own) and (text == own or text.endswith((f"/{own}", f"\\{own}")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """The settings of one network fit.

    `patience` and `max_epochs` are in epochs, `batch_size` in cases. `clip` bounds the gradient
    norm of each fit. `token_dim` is the width of the transformer over the slices; None keeps the
    encoder's own. The heads learn at a rate of their own: with few cases, the image features would
    be fitted to noise before a slower head had learned what the clinical features say.

    The stages of an encoder that are trained learn at `encoder_learning_rate`, with the statistics
    of their batch normalization `frozen` or taken from each `batch`, in `precision` (auto:
    bfloat16 on a GPU that has it), after `torch.compile` with `compile`. `augment` names changes
    of the images during training, `flip+shift+rotation+intensity` or some of them; what a frozen
    stage makes of them is cached as `views` of each slice.
    """

    learning_rate: float = 5e-4
    head_learning_rate: float = 2e-2
    weight_decay: float = 1e-2
    dropout: float = 0.1
    token_dim: int | None = 64
    heads: int = 4
    layers: int = 2
    image_features: int = 8
    batch_size: int = 32
    max_epochs: int = 40
    patience: int = 6
    clip: float = 1.0
    encoder_learning_rate: float = 1e-4
    batch_norm: Literal["frozen", "batch"] = "frozen"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    compile: bool = False
    augment: str = "none"
    views: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One arm of the comparison. Its fingerprint covers everything that changes its numbers.

    A file of weights counts by its checksum: moved to another folder, it is the same arm.

    `plugins` maps lnmbench and each plugin that the method uses to its version, or to the checksum
    of its file. `level` is the encoder's, None for a baseline. `tune` is how many settings the
    inner folds choose among, the given one first.
    """

    label: str
    kind: Literal["network", "baseline"]
    encoder: Choice | None = None
    level: Literal["slice", "volume", "none"] | None = None
    weights: Weights | None = None
    aux: tuple[Choice, ...] = ()
    weighting: Choice | None = None
    training: Training | None = None
    tune: int = 1
    baseline: Choice | None = None
    window_hu: tuple[float, float] = (-1000.0, 400.0)
    plugins: Mapping[str, str] = field(default_factory=dict)

    @property
    def trained_from(self) -> str:
        """The first stage of the encoder that is trained: a name, `all`, or `none`."""
        return str(self.encoder.parameters.get("train", "none")) if self.encoder else "none"

    @property
    def is_control(self) -> bool:
        """Whether the labels of every auxiliary task are dealt out at random.

        With those of some, it is no control of the whole, but an arm of its own.
        """
        return bool(self.aux) and all(map(is_shuffled, self.aux))

    @property
    def placeless_encoder(self) -> Choice | None:
        """The encoder without the place of a weight file whose checksum `weights` has."""
        if self.encoder is None or self.weights is None or not self.weights.sha256:
            return self.encoder
        own = self.encoder.parameters.items()
        kept = {name: value for name, value in own if not self.weights.is_file(value)}
        return Choice(name=self.encoder.name, parameters=kept)

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits; equal for equal settings, whatever the label."""
        facts = {key: value for key, value in asdict(self).items() if key != "label"}
        if self.placeless_encoder is not None:
            facts["encoder"] = asdict(self.placeless_encoder)
        if self.weights is not None:
            facts["weights"] = self.weights.sha256 or self.weights.source  # not the note's words
        text = json.dumps(facts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
