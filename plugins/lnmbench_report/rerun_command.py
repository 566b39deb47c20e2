"""The command that repeats a run, from the manifest of an invocation."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace

from lnmbench import choices
from lnmbench.records import (
    SHUFFLED,
    WHOLE_SPACING_MM,
    BaselineMethod,
    Choice,
    Manifest,
    Method,
    NetworkMethod,
    Preprocessing,
    Protocol,
    Training,
)
from lnmbench.redaction import redact_choice


def format_command(invocation: Manifest) -> str:
    """Return the command of an invocation.

    It names each method with every parameter, whatever its default; of the training, the primary
    metrics and the images, only settings that are not the default of the version that ran. It has
    no window of HU, which only a benchmark file can set, no key file of pseudonyms, and no baseline
    that was passed from Python as an object. It is empty if each method is such an object.
    """
    if invocation.methods and all(map(is_object, invocation.methods)):
        return ""
    words = ["lnmbench", "run"]
    for option, value in _list_options(invocation):
        words += [f"--{option}", shlex.quote(value)]
    flags = {
        "--train-unlabeled": invocation.protocol.train_unlabeled,
        "--allow-implausible": invocation.preprocessing.allow_implausible,
        "--only": True,
    }
    return " ".join([*words, *(flag for flag, is_set in flags.items() if is_set)])


def is_object(method: Method) -> bool:
    """Return whether a method is an object that was passed from Python, which no command names."""
    return isinstance(method, BaselineMethod) and bool(method.estimator)


def list_changed_settings(training: Training) -> list[str]:
    """Return the settings that are not the default, as they are typed.

    Examples
    --------
    >>> list_changed_settings(Training(token_dim=None, max_epochs=60))
    ['token_dim=none', 'max_epochs=60']
    """
    defaults = list_settings(Training())
    return [setting for setting in list_settings(training) if setting not in defaults]


def list_settings(training: Training) -> list[str]:
    """Return every setting as it is typed."""
    values = ((field.name, getattr(training, field.name)) for field in fields(Training))
    return [f"{name}={_format_value(value)}" for name, value in values]


def _list_options(invocation: Manifest) -> Iterator[tuple[str, str]]:
    protocol = invocation.protocol
    yield "dataset", invocation.cohort
    yield from _list_distinct("extract", map(_format_choice, invocation.extract))
    yield "target", protocol.target
    controls = int(str(invocation.options.get("controls", 0)))
    networks = [
        m
        for m in invocation.methods
        if isinstance(m, NetworkMethod) and not _has_seed_up_to(controls, m)
    ]
    weightings = [network.weighting for network in networks if network.weighting]
    baselines = [
        m.baseline for m in invocation.methods if isinstance(m, BaselineMethod) and not is_object(m)
    ]
    yield from _list_distinct("encoder", [_format_choice(n.encoder) for n in networks])
    yield from _list_distinct("aux", [_format_tasks(network.aux) for network in networks])
    if controls:
        yield "controls", str(controls)
    yield from _list_distinct("weighting", map(_format_choice, weightings))
    yield from _list_distinct("baseline", map(_format_choice, baselines))
    for name in ("repeats", "folds", "inner", "seed"):
        yield name, str(getattr(protocol, name))
    if protocol.primary != Protocol().primary:
        yield from _list_distinct("primary", protocol.primary)
    if protocol.family != Protocol().family:
        yield "family", protocol.family
    if protocol.missing_images != Protocol().missing_images:
        yield "missing-images", protocol.missing_images
    yield from (("margin", f"{metric}={margin!r}") for metric, margin in protocol.margins)
    if str(invocation.options.get("importance", "0")) != "0":
        yield "importance", str(invocation.options["importance"])
    yield from _list_distinct("training", _list_trainings(invocation, networks))
    yield from _list_distinct("tune", [str(n.tune) for n in networks if n.tune > 1])
    yield from _list_image_options(invocation.preprocessing)


def _list_trainings(invocation: Manifest, networks: Sequence[NetworkMethod]) -> Iterator[str]:
    """Yield the training settings as they are typed: those of all networks are one text."""
    learned = [m.network for m in invocation.methods if isinstance(m, BaselineMethod)]
    others = [network for network in learned if network is not None]
    # in a run with another precision, networks that cannot have it are in float32
    precisions = {network.training.precision for network in [*networks, *others]} - {"float32"}
    trained = [*networks, *(network for network in others if network.aux)]
    for network in trained or (others if precisions else []):
        precision = max(precisions, default=network.training.precision)
        changed = list_changed_settings(replace(network.training, precision=precision))
        if changed:
            yield ",".join(changed)


def _has_seed_up_to(controls: int, network: NetworkMethod) -> bool:
    """Return whether a network is one of the negative controls that `--controls` adds."""
    seeds = {str(choice.parameters.get(SHUFFLED)) for choice in network.aux}
    return network.is_permuted and any(seeds == {str(n)} for n in range(1, controls + 1))


def _list_image_options(preprocessing: Preprocessing) -> Iterator[tuple[str, str]]:
    default = Preprocessing()
    if preprocessing.region != default.region:
        yield "region", preprocessing.region
        default = replace(default, spacing_mm=WHOLE_SPACING_MM)
    if preprocessing.slices != default.slices:
        yield "slices", str(preprocessing.slices)
    if preprocessing.spacing_mm != default.spacing_mm:
        yield "spacing", ",".join(map(str, preprocessing.spacing_mm))
    if preprocessing.patch != default.patch:
        yield "patch", str(preprocessing.patch)
    if preprocessing.native_mm != default.native_mm:
        yield "keep-native", f"{preprocessing.native_mm:g}"


def _list_distinct(option: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield from ((option, value) for value in dict.fromkeys(values))


def _format_tasks(tasks: Sequence[Choice]) -> str:
    return choices.join(map(_redact, tasks)) or "none"


def _format_choice(choice: Choice) -> str:
    return str(_redact(choice))


def _redact(choice: Choice) -> Choice:
    """Return a choice of a manifest without the folders of its files, `none` where it has None.

    Parameters at their default are part of it: a plugin may have another default tomorrow, and
    `none` or an empty text may stand where the default is another value.
    """
    parameters = {name: _format_value(value) for name, value in choice.parameters.items()}
    return redact_choice(replace(choice, parameters=parameters), recorded=True)


def _format_value(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
