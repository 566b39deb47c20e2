"""The methods that a benchmark compares: networks with their tasks, and baselines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from typing import Literal, get_args
from weakref import ReferenceType, ref

from lnmbench.records.auxiliary import is_shuffled
from lnmbench.records.choice import Choice
from lnmbench.records.cohort import Region
from lnmbench.records.column import OMITTED_BY_DEFAULT
from lnmbench.records.encoder_grid import EncoderGrid
from lnmbench.records.image_control import image_control
from lnmbench.records.predictions import PredictionScale

Control = Literal["none", "negative", "positive"]
"""A part of a method that carries no information by construction (`negative`), or all of it."""

PoolingKind = Literal["mean", "max", "attention", "gated_attention", "transformer"]
"""Ways in which a network makes one vector of the tokens of a case."""

POOLINGS: tuple[PoolingKind, ...] = get_args(PoolingKind)
"""All poolings."""

Precision = Literal["auto", "float32", "bfloat16", "bfloat16_trained"]
"""Arithmetic of an encoder: float32, or bfloat16 in all its stages or in the trained ones."""

WINDOW_HU = (-1000.0, 400.0)
"""Default range of CT intensities of a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The source of an encoder's weights: imagenet, random, a file, or none at all.

    `pretrained_on` is the training data of weights of a file, as the plugin declares them.
    """

    source: str
    sha256: str = ""
    note: str = ""
    pretrained_on: str = field(default="", metadata={OMITTED_BY_DEFAULT: True})

    @property
    def file(self) -> str:
        """The name of the file that they come from, else an empty text."""
        kind, _, name = self.source.partition(":")
        return name if kind == "file" else ""

    def is_file(self, value: object) -> bool:
        """Return whether a parameter's value is the path of that file."""
        path, name = str(value), self.file
        return bool(name) and (path == name or path.endswith((f"/{name}", f"\\{name}")))


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


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class NetworkMethod:
    """A network: an encoder and a transformer, with heads for the target and auxiliary tasks.

    `level` and `weights` are the encoder's. `weighting` combines the losses of several tasks; it
    is None without auxiliary tasks. `tune` counts the settings that the inner folds choose among;
    those of `training` are the first. `plugins` maps lnmbench and each plugin that the method uses
    to its version, or to the checksum of its file. `control` is what plugins declare of the parts
    of the method; as the label, it follows from the names of these parts. `grid` is the encoder's
    own, if it has one; then `window_hu` is that of the grid. `region` is that of the images:
    patches around the tumor, or slices of the whole scan.
    """

    label: str
    encoder: Choice
    level: Literal["slice", "volume", "none"]
    weights: Weights
    aux: tuple[Choice, ...] = ()
    weighting: Choice | None = None
    training: Training = field(default_factory=Training)
    tune: int = 1
    window_hu: tuple[float, float] = WINDOW_HU
    plugins: Mapping[str, str] = field(default_factory=dict)
    control: Control = field(default="none", metadata={OMITTED_BY_DEFAULT: True})
    grid: EncoderGrid | None = field(default=None, metadata={OMITTED_BY_DEFAULT: True})
    region: Region = field(default="tumor", metadata={OMITTED_BY_DEFAULT: True})

    @property
    def trained_from(self) -> str:
        """The first encoder stage that is trained: a name, `all`, or `none`."""
        return str(self.encoder.parameters.get("train", "none"))

    @property
    def is_control(self) -> bool:
        """True for a control, which asks no question on its tasks.

        A plugin declares it to be one, or its labels are permuted, or its images are changed.
        """
        return self.control != "none" or self.is_permuted or self.has_changed_images

    @property
    def has_changed_images(self) -> bool:
        """True for an image control: the encoder's images are changed."""
        return image_control(self.encoder) != "none"

    @property
    def is_permuted(self) -> bool:
        """True if the labels of every auxiliary task are permuted: a negative control.

        A network with permuted labels in only some of its tasks is not a negative control.
        """
        return bool(self.aux) and all(map(is_shuffled, self.aux))

    @property
    def scale(self) -> PredictionScale:
        """The meaning of the predictions: probabilities."""
        return "probability"

    @property
    def trained(self) -> bool:
        """True: a network is trained."""
        return True

    @property
    def partial(self) -> bool:
        """False: a network predicts every case."""
        return False

    @property
    def is_scored(self) -> bool:
        """True: a network has scores on each outer fold."""
        return True

    @property
    def portable_encoder(self) -> Choice:
        """The encoder without the path of a weight file whose checksum is in `weights`."""
        if not self.weights.sha256:
            return self.encoder
        parameters = {
            name: value
            for name, value in self.encoder.parameters.items()
            if not self.weights.is_file(value)
        }
        return Choice(name=self.encoder.name, parameters=parameters)

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits; equal for equal settings, whatever the label.

        A file of weights counts by its checksum: moved to another folder, it gives the same
        method.
        """
        return _remember(self, self._compute_fingerprint)

    def _compute_fingerprint(self) -> str:
        return _fingerprint(
            {
                **asdict(self),
                "training": _describe_training(self.training),
                "kind": "network",
                "encoder": asdict(self.portable_encoder),
                "weights": self.weights.sha256 or self.weights.source,  # not the text of the note
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class BaselineMethod:
    """A classical model on clinical features and those of images, or untrained predictions.

    `plugins` is as in `NetworkMethod`. `files` are the checksums of the files that parameters of
    the baseline name, by parameter. `trained` is False for predictions that the run does not
    train. `scale` is the meaning of the predictions, and `rating_range` the ratings that are 0 and
    1, if they are known; predictions of a `partial` method lack cases.
    `estimator` describes the object that was passed to `lnmbench.run` as the baseline or as its
    model; its checksum is in `plugins`.

    With a `network`, the model gets features of images: those of the network's encoder, averaged
    over the slices of a case, or, if the network has auxiliary tasks, those that it learns from
    these alone.
    """

    label: str
    baseline: Choice
    plugins: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, str], ...] = field(default=(), metadata={OMITTED_BY_DEFAULT: True})
    trained: bool = field(default=True, metadata={OMITTED_BY_DEFAULT: True})
    scale: PredictionScale = field(default="probability", metadata={OMITTED_BY_DEFAULT: True})
    partial: bool = field(default=False, metadata={OMITTED_BY_DEFAULT: True})
    network: NetworkMethod | None = field(default=None, metadata={OMITTED_BY_DEFAULT: True})
    estimator: str = field(default="", metadata={OMITTED_BY_DEFAULT: True})
    rating_range: tuple[float, float] | None = field(
        default=None, metadata={OMITTED_BY_DEFAULT: True}
    )

    @property
    def is_scored(self) -> bool:
        """True for predictions that order all cases, which have scores on each outer fold.

        Calls are one operating point, and a `partial` method would be scored on other cases: one
        section of the report compares both.
        """
        return self.scale != "call" and not self.partial

    @property
    def aux(self) -> tuple[Choice, ...]:
        """The auxiliary tasks: none."""
        return ()

    @property
    def control(self) -> Control:
        """No control."""
        return "none"

    @property
    def is_control(self) -> bool:
        """False: a baseline is not a control."""
        return False

    @property
    def is_permuted(self) -> bool:
        """False: a baseline has no labels to permute."""
        return False

    @property
    def has_changed_images(self) -> bool:
        """False: a baseline is no image control."""
        return False

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits; equal for equal settings, whatever the label.

        A file counts by its checksum: moved to another folder, it gives the same method.
        """
        return _remember(self, self._compute_fingerprint)

    def _compute_fingerprint(self) -> str:
        settings = {**asdict(replace(self, network=None)), "kind": "baseline"}
        settings["network"] = None if self.network is None else self.network.fingerprint
        checksums = dict(settings.pop("files"))
        parameters = {**self.baseline.parameters, **checksums}
        settings["baseline"] = {"name": self.baseline.name, "parameters": parameters}
        # these follow from the baseline, its files and plugins
        for name in ("trained", "scale", "partial", "estimator", "rating_range"):
            del settings[name]
        return _fingerprint(settings)


Method = NetworkMethod | BaselineMethod


def image_network(method: Method) -> NetworkMethod | None:
    """Return the network whose encoder a method needs, that of a baseline as well; None without."""
    network = method if isinstance(method, NetworkMethod) else method.network
    return None if network is None or network.level == "none" else network


# Both kinds of method are hashed over the same keys, with these values for the keys of the other.
_ABSENT = {
    "aux": (),
    "baseline": None,
    "encoder": None,
    "level": None,
    "training": None,
    "tune": 1,
    "weighting": None,
    "weights": None,
    "window_hu": WINDOW_HU,
}


_FINGERPRINTS: dict[int, tuple[ReferenceType[Method], str]] = {}
"""Fingerprints of the methods in memory: a report of many methods reads them a million times."""


def _remember(method: Method, compute: Callable[[], str]) -> str:
    """Return the fingerprint of a method, computed once."""
    number = id(method)
    reference, fingerprint = _FINGERPRINTS.get(number, (None, ""))
    if reference is not None and reference() is method:
        return fingerprint
    fingerprint = compute()
    _FINGERPRINTS[number] = (ref(method, partial(_forget, number)), fingerprint)
    return fingerprint


def _forget(number: int, dead: ReferenceType[Method]) -> None:
    if _FINGERPRINTS.get(number, (None, ""))[0] is dead:
        del _FINGERPRINTS[number]


def _describe_training(training: Training) -> dict[str, object]:
    """Return the settings without those that are omitted by default."""
    return {
        each.name: getattr(training, each.name)
        for each in fields(training)
        if OMITTED_BY_DEFAULT not in each.metadata or getattr(training, each.name) != each.default
    }


def _fingerprint(settings: Mapping[str, object]) -> str:
    hashed = {**_ABSENT, **settings}
    for name in ("label", "control"):
        hashed.pop(name, None)
    for name, default in (("grid", None), ("network", None), ("region", "tumor")):
        if hashed.get(name, default) == default:
            hashed.pop(name, None)
    text = json.dumps(hashed, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
