"""What was asked of lnmbench, as it can be typed again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from lnmbench.records import Choice, Preprocessing, Protocol, Training

_PLACE = re.compile(r"[/~.\\]|[A-Za-z]:[/\\]|.*[/\\][^/\\]*\.[A-Za-z][A-Za-z0-9]*$")
Facts = Mapping[str, Any]


def without_folders(choice: Choice) -> Choice:
    r"""Return the choice with files named without the folders that hold them on one machine.

    A place is what begins as one or ends as a file, and whatever `weights` has with a folder.

    Examples
    --------
    >>> str(without_folders(Choice(name="resnet50", parameters={"weights": "/home/me/w.pt"})))
    'resnet50:weights=w.pt'
    >>> str(without_folders(Choice(name="resnet50", parameters={"weights": "jane_doe/w.pt"})))
    'resnet50:weights=w.pt'
    >>> str(without_folders(Choice(name="timm", parameters={"model": "hub/resnet50"})))
    'timm:model=hub/resnet50'
    """
    return Choice(
        name=choice.name,
        parameters={
            name: _last(str(value)) if name == "weights" or _PLACE.match(str(value)) else value
            for name, value in choice.parameters.items()
        },
    )


def _last(place: str) -> str:
    return re.split(r"[/\\]", place.rstrip("/\\"))[-1]


def differing(training: Training) -> list[str]:
    """Return the settings that are not the default, as they are typed.

    Examples
    --------
    >>> differing(Training(token_dim=None, max_epochs=60))
    ['token_dim=none', 'max_epochs=60']
    """
    return [setting for setting in typed(training) if setting not in typed(Training())]


def typed(training: Training) -> list[str]:
    """Return every setting as it is typed."""
    values = ((one.name, getattr(training, one.name)) for one in fields(Training))
    return [f"{name}={_plain(value)}" for name, value in values]


def command(invocation: Facts) -> str:
    """Return the command of an invocation's manifest, which is as `Results` has it.

    It names every arm with each parameter that is not empty, whatever its default; of the training,
    the primary metrics and the images, what is not the default of the version that ran. It has no
    window of HU, which only a benchmark file can give, and no key file of pseudonyms.
    """
    words = ["lnmbench", "run"]
    for option, value in _options(invocation):
        words += [f"--{option}", shlex.quote(value)]
    return " ".join([*words, "--only"])


def _options(invocation: Facts) -> Iterator[tuple[str, str]]:
    protocol = invocation["protocol"]
    yield "dataset", str(invocation["cohort"])
    yield "target", str(protocol["target"])
    networks = [one for one in invocation["methods"] if "encoder" in one]
    yield from _once("encoder", [_text(one["encoder"]) for one in networks])
    yield from _once("aux", ["+".join(map(_joined, one["aux"])) or "none" for one in networks])
    yield from _once("weighting", [_text(one["weighting"]) for one in networks if one["weighting"]])
    baselines = [one["baseline"] for one in invocation["methods"] if "baseline" in one]
    yield from _once("baseline", [_text(one) for one in baselines])
    for name in ("repeats", "folds", "inner", "seed"):
        yield name, str(protocol[name])
    if tuple(protocol["primary"]) != Protocol().primary:
        yield from _once("primary", list(map(str, protocol["primary"])))
    settings = [differing(Training(**one["training"])) for one in networks]
    yield from _once("training", [",".join(own) for own in settings if own])
    yield from _once("tune", [str(one["tune"]) for one in networks if one["tune"] > 1])
    yield from _images(invocation.get("preprocessing") or {})


def _images(how: Facts) -> Iterator[tuple[str, str]]:
    usual = Preprocessing()
    spacing = tuple(how.get("spacing_mm", usual.spacing_mm))
    if spacing != usual.spacing_mm:
        yield "spacing", ",".join(map(str, spacing))
    if how.get("patch", usual.patch) != usual.patch:
        yield "patch", str(how["patch"])


def _once(option: str, values: list[str]) -> Iterator[tuple[str, str]]:
    yield from ((option, value) for value in dict.fromkeys(values))


def _text(facts: Facts) -> str:
    """Return a packed choice; parameters that are empty are left out, as one types it."""
    return str(_choice(facts))


def _joined(facts: Facts) -> str:
    """Return a packed choice that may stand among others: no plus in a value ends it."""
    choice = _choice(facts)
    if not any("+" in str(value) for value in choice.parameters.values()):
        return str(choice)
    pairs = ",".join(f'{name}="{_plain(value)}"' for name, value in choice.parameters.items())
    return f"{choice.name}:{pairs}"


def _choice(facts: Facts) -> Choice:
    given = {name: value for name, value in facts["parameters"].items() if value not in ("", None)}
    return without_folders(Choice(name=facts["name"], parameters=given))


def _plain(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
