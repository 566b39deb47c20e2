"""Benchmarks: settings of a run, from options and a TOML file."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, TypeAlias, TypedDict

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
)

from lnmbench import choices
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError, nearest
from lnmbench.estimators import Estimator
from lnmbench.parameters import bind
from lnmbench.records import (
    WINDOW_HU,
    Choice,
    Family,
    MissingImages,
    Protocol,
    Training,
    sort_modalities,
)
from lnmbench.records.method import POOLINGS
from lnmbench.toml_file import read_toml


def _parse_choice(value: object) -> object:
    """Parse a choice: text (`name:key=value`), a table with `name` and parameters, an object."""
    if isinstance(value, str):
        return choices.parse(value)
    if isinstance(value, Estimator):
        return Choice(name=value.name)
    if isinstance(value, Mapping) and isinstance(value.get("name"), str):
        return Choice(
            name=str(value["name"]), parameters={k: v for k, v in value.items() if k != "name"}
        )
    if not isinstance(value, Choice):
        raise ValueError("a name, name:key=value, or a table with a name")
    return value


def _parse_tasks(value: object) -> object:
    """Parse the auxiliary tasks of one method: `pt`, `pt+size`, or `none`."""
    if isinstance(value, str):
        return () if value.strip() == "none" else choices.parse_all(value)
    if isinstance(value, Mapping):
        return (_parse_choice(value),)
    if isinstance(value, list | tuple):
        return tuple(_parse_choice(item) for item in value if item != "none")
    return value


def _as_sequence(value: object) -> object:
    if isinstance(value, str | Mapping | Estimator):
        return (value,)
    if not isinstance(value, Sequence):
        raise ValueError("a name, or a list of names")
    return value


def _require_any(values: tuple[Choice, ...]) -> tuple[Choice, ...]:
    if not values:
        raise ValueError("at least one name")
    return values


def _normalize_names(value: object) -> object:
    """Normalize names to the text of a choice, each once.

    Two spellings of one choice differ still: only its plugin knows the defaults.
    """
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Sequence) or not names:
        raise ValueError("at least one name")
    return tuple(dict.fromkeys(str(_parse_choice(name)) for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Values of a parameter of every auxiliary task, each of which makes methods of its own."""

    parameter: str
    values: tuple[object, ...]

    def __str__(self) -> str:
        return f"{self.parameter}={'+'.join(map(str, self.values))}"


_SWEEP = "PARAMETER=VALUE+VALUE, e.g. keep=0.1+0.25+1"


def _parse_sweep(value: object) -> object:
    """Parse a sweep: `keep=0.1+0.25+1`, or a table with one list of values."""
    if isinstance(value, Mapping):
        if len(value) != 1:
            raise ValueError(f"one parameter: {_SWEEP}")
        ((name, values),) = value.items()
        values = values if isinstance(values, list) else [values]
    elif isinstance(value, str):
        name, sign, text = value.partition("=")
        values = [part.strip() for part in text.split("+")]
        if not sign or not name.strip() or not all(values):
            raise ValueError(_SWEEP)
    else:
        return value
    if not values:
        raise ValueError(_SWEEP)
    return Sweep(
        parameter=str(name).strip(), values=tuple({str(each): each for each in values}.values())
    )


def _parse_modalities(value: object) -> object:
    """Parse sets of modalities: `image,clinical`, or a list of such texts or of lists of names."""
    sets = (value,) if isinstance(value, str) else value
    if not isinstance(sets, Sequence):
        raise ValueError("names separated by commas, e.g. image,clinical")
    parsed = []
    for names in sets:
        listed = re.split(r"[,+]", names) if isinstance(names, str) else names
        if not isinstance(listed, Sequence) or not all(isinstance(each, str) for each in listed):
            raise ValueError("names separated by commas, e.g. image,clinical")
        parsed.append(tuple(name.strip() for name in listed))
        if not all(parsed[-1]) or not parsed[-1]:
            raise ValueError("names separated by commas, e.g. image,clinical")
    return tuple(dict.fromkeys(map(sort_modalities, parsed)))


def _parse_margins(value: object) -> object:
    """Parse margins: `auc=.02`, a list of such texts, or a table of metrics and numbers."""
    if isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        texts = (value,) if isinstance(value, str) else value
        if not isinstance(texts, Sequence):
            raise ValueError("NAME=VALUE, e.g. auc=.02, or a table of metrics and numbers")
        pairs = [str(text).rpartition("=")[::2] for text in texts]
    margins = [_parse_margin(number) for _, number in pairs]
    names = [_parse_metric(name) for name, _ in pairs]
    return tuple(zip(names, margins, strict=True))


def _parse_metric(text: object) -> str:
    # `auc=.02,ap=.03` ends in a margin of `auc=.02,ap`
    if "=" in str(text).partition(":")[0]:
        raise ValueError("one NAME=VALUE, e.g. auc=.02; repeat --margin for each metric")
    return str(_parse_choice(text))


def _parse_margin(value: object) -> float:
    try:
        margin = math.nan if isinstance(value, bool) else float(str(value))
    except ValueError:
        margin = math.nan
    if not (math.isfinite(margin) and margin > 0.0):
        raise ValueError("NAME=VALUE with a positive number, e.g. auc=.02")
    return margin


def _check_window(window: tuple[float, float]) -> tuple[float, float]:
    if not (math.isfinite(window[0]) and math.isfinite(window[1]) and window[0] < window[1]):
        raise ValueError("a lower and a higher HU")
    return window


OneChoice = Annotated[Choice, BeforeValidator(_parse_choice)]
Tasks = Annotated[tuple[Choice, ...], BeforeValidator(_parse_tasks)]
Choices = Annotated[tuple[OneChoice, ...], BeforeValidator(_as_sequence)]
TaskSets = Annotated[tuple[Tasks, ...], BeforeValidator(_as_sequence)]
SweepSetting = Annotated[Sweep, BeforeValidator(_parse_sweep)]
Margins = Annotated[tuple[tuple[str, float], ...], BeforeValidator(_parse_margins)]
ModalitySets = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_parse_modalities)]
Names = Annotated[tuple[str, ...], BeforeValidator(_normalize_names)]

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


MOST_CONTROLS = 999
"""The largest number of negative controls of a method: p can be as small as .001."""


MOST_PERMUTATIONS = 100
"""The largest number of permutations of an input."""


class Benchmark(BaseModel):
    """Settings of `lnmbench run`.

    `encoder`, `aux` and `baseline` that are None become their defaults, or nothing with `only`.
    Each entry of `aux` is the set of auxiliary tasks of one method, of which there is one for each
    `weighting`; `sweep` makes several sets of each, and `controls` is the number of negative
    controls of each. Each set of `modalities` makes methods of its own; `ablation` adds each
    modality alone and all but each. `importance` is the number of permutations of each feature and
    modality in the test folds. `extract` are the extractors of features from images and
    tumor masks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    dataset: OneChoice = choices.parse(DEFAULTS.dataset)
    extract: Choices = ()
    target: OneChoice = choices.parse(DEFAULTS.target)
    encoder: Choices | None = None
    aux: TaskSets | None = None
    sweep: SweepSetting | None = None
    controls: int = Field(0, ge=0, le=MOST_CONTROLS)
    weighting: Annotated[Choices, AfterValidator(_require_any)] = (
        choices.parse(DEFAULTS.weighting),
    )
    baseline: Choices | None = None
    modalities: ModalitySets = ()
    ablation: bool = False
    only: bool = False
    repeats: int = Field(DEFAULTS.protocol.repeats, ge=1, le=1000)
    folds: int = Field(DEFAULTS.protocol.folds, ge=2, le=1000)
    inner: int = Field(DEFAULTS.protocol.inner, ge=2, le=100)
    seed: int = Field(0, ge=0)
    window: Annotated[tuple[float, float], AfterValidator(_check_window)] = WINDOW_HU
    training: Training = Training()
    tune: int = Field(1, ge=1, le=1000)
    primary: Names = DEFAULTS.primary
    margin: Margins = ()
    train_unlabeled: bool = False
    family: Family = "auxiliary"
    missing_images: MissingImages = "refuse"
    importance: int = Field(0, ge=0, le=MOST_PERMUTATIONS)
    _named_training: tuple[str, ...] = PrivateAttr(())

    @property
    def named_training(self) -> tuple[str, ...]:
        """The names of the training settings that are not left to their defaults."""
        return self._named_training

    @property
    def protocol(self) -> Protocol:
        """The protocol of these settings."""
        return Protocol(
            target=str(self.target),
            repeats=self.repeats,
            folds=self.folds,
            inner=self.inner,
            seed=self.seed,
            primary=self.primary,
            margins=self.margin,
            train_unlabeled=self.train_unlabeled,
            family=self.family,
            missing_images=self.missing_images,
        )


ChoiceSetting: TypeAlias = str | Mapping[str, object]
"""A choice as users write it: `name:key=value`, or a table with `name` and parameters."""


class BenchmarkOptions(TypedDict, total=False):
    """Settings that override those of a benchmark file; None keeps the file's setting."""

    dataset: ChoiceSetting | None
    extract: ChoiceSetting | Sequence[ChoiceSetting] | None
    target: ChoiceSetting | None
    encoder: ChoiceSetting | Sequence[ChoiceSetting] | None
    aux: ChoiceSetting | Sequence[ChoiceSetting | Sequence[ChoiceSetting]] | None
    sweep: str | Mapping[str, object] | None
    controls: int | None
    weighting: ChoiceSetting | Sequence[ChoiceSetting] | None
    baseline: ChoiceSetting | Estimator | Sequence[ChoiceSetting | Estimator] | None
    modalities: str | Sequence[str | Sequence[str]] | None
    ablation: bool | None
    only: bool | None
    repeats: int | None
    folds: int | None
    inner: int | None
    seed: int | None
    window: tuple[float, float] | None
    training: Mapping[str, object] | None
    tune: int | None
    primary: str | Sequence[str] | None
    margin: str | Sequence[str] | Mapping[str, float] | None
    train_unlabeled: bool | None
    family: str | None
    missing_images: str | None
    importance: int | None


def read_benchmark(file: Path | None, options: BenchmarkOptions) -> Benchmark:
    """Return the benchmark of a TOML file, if there is one, overridden by options.

    Raises `UserError` for an unreadable file, an unknown setting and a wrong value.
    """
    settings = _read_benchmark_file(file) if file is not None else {}
    settings.update({key: value for key, value in options.items() if value is not None})
    training = settings.get("training")
    if isinstance(training, Mapping):
        settings["training"] = _bind_training(training)
    try:
        benchmark = Benchmark.model_validate(settings)
    except ValidationError as error:
        raise _user_error(error, file) from error
    _require_trials(benchmark.training, benchmark.tune)
    benchmark._named_training = tuple(training) if isinstance(training, Mapping) else ()
    return benchmark


def _read_benchmark_file(file: Path) -> dict[str, object]:
    if not file.exists():
        raise UserError(
            "no such benchmark file", where=str(file), then="check the path of --config"
        )
    return read_toml(file)


def _bind_training(settings: Mapping[str, object]) -> Training:
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


def _require_trials(training: Training, tune: int) -> None:
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


def _user_error(error: ValidationError, file: Path | None) -> UserError:
    first = error.errors()[0]
    setting = ".".join(str(part) for part in first["loc"])
    known = list(Benchmark.model_fields)
    if first["type"] == "extra_forbidden":
        return UserError(
            f"unknown setting {setting!r}", where=str(file or ""), then=nearest(setting, known)
        )
    return UserError(
        f"wrong value for {setting}",
        where=str(file or ""),
        expected=re.sub(r"^(Input should be|Value error,) |, unable to parse .*", "", first["msg"]),
        got=repr(first["input"])[:60],
    )
