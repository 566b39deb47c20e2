"""The methods that a benchmark compares: networks with their tasks, and baselines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from lnmbench.records.auxiliary import is_shuffled
from lnmbench.records.choice import Choice
from lnmbench.records.cohort import Region
from lnmbench.records.column import OMITTED_BY_DEFAULT
from lnmbench.records.encoder_grid import EncoderGrid
from lnmbench.records.fingerprint import hash_settings, remember
from lnmbench.records.image_control import image_control
from lnmbench.records.predictions import PredictionScale
from lnmbench.records.training import Training, describe_training
from lnmbench.records.weights import Weights

Control = Literal["none", "negative", "positive"]
"""A part of a method that carries no information by construction (`negative`), or all of it."""

WINDOW_HU = (-1000.0, 400.0)
"""Default range of CT intensities of a network."""

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
"""Both kinds of method are hashed over the same keys, with these values for those of the other."""


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
        return remember(self, self._compute_fingerprint)

    def _compute_fingerprint(self) -> str:
        return hash_settings(
            {
                **_ABSENT,
                **asdict(self),
                "training": describe_training(self.training),
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
        return remember(self, self._compute_fingerprint)

    def _compute_fingerprint(self) -> str:
        settings = {**asdict(replace(self, network=None)), "kind": "baseline"}
        settings["network"] = None if self.network is None else self.network.fingerprint
        checksums = dict(settings.pop("files"))
        parameters = {**self.baseline.parameters, **checksums}
        settings["baseline"] = {"name": self.baseline.name, "parameters": parameters}
        # these follow from the baseline, its files and plugins
        for name in ("trained", "scale", "partial", "estimator", "rating_range"):
            del settings[name]
        return hash_settings({**_ABSENT, **settings})


Method = NetworkMethod | BaselineMethod


def image_network(method: Method) -> NetworkMethod | None:
    """Return the network whose encoder a method needs, that of a baseline as well; None without."""
    network = method if isinstance(method, NetworkMethod) else method.network
    return None if network is None or network.level == "none" else network
