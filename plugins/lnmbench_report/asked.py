"""What was asked of lnmbench, as it can be typed again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from lnmbench.records import Choice, Protocol, Training

_PLACE = re.compile(r"[/~.\\]|[A-Za-z]:[/\\]")
Facts = Mapping[str, Any]


def without_folders(choice: Choice) -> Choice:
    r"""Return the choice with files named without the folders that hold them on one machine.

    Examples
    --------
    >>> str(without_folders(Choice(name="resnet50", parameters={"weights": "/home/me/w.pt"})))
    'resnet50:weights=w.pt'
    >>> str(without_folders(Choice(name="timm", parameters={"model": "hub/resnet50"})))
    'timm:model=hub/resnet50'
    """
    return Choice(
        name=choice.name,
        parameters={
            name: re.split(r"[/\\]", str(value))[-1] if _PLACE.match(str(value)) else value
            for name, value in choice.parameters.items()
        },
    )


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

    It names every arm with all its parameters, so that it asks for the same whatever the defaults
    of a later version are. It has no window of HU, which only a benchmark file can give.
    """
    words = ["lnmbench", "run"]
    for option, value in _options(invocation):
        words += [f"--{option}", shlex.quote(value)]
    return " ".join([*words, "--only"])


def _options(invocation: Facts) -> Iterator[tuple[str, str]]:
    protocol = invocation["protocol"]
    yield "dataset", str(invocation["cohort"])
    yield "target", str(protocol["target"])
    networks = [one for one in invocation["methods"] if one["kind"] == "network"]
    yield from _once("encoder", [_text(one["encoder"]) for one in networks])
    yield from _once("aux", ["+".join(map(_text, one["aux"])) or "none" for one in networks])
    yield from _once("weighting", [_text(one["weighting"]) for one in networks if one["weighting"]])
    baselines = [one["baseline"] for one in invocation["methods"] if one["baseline"]]
    yield from _once("baseline", [_text(one) for one in baselines])
    for name in ("repeats", "folds", "inner", "seed"):
        yield name, str(protocol[name])
    if tuple(protocol["primary"]) != Protocol().primary:
        yield from _once("primary", list(map(str, protocol["primary"])))
    settings = [differing(Training(**one["training"])) for one in networks]
    yield from _once("training", [",".join(own) for own in settings if own])
    yield from _once("tune", [str(one["tune"]) for one in networks if one["tune"] > 1])


def _once(option: str, values: list[str]) -> Iterator[tuple[str, str]]:
    yield from ((option, value) for value in dict.fromkeys(values))


def _text(facts: Facts) -> str:
    """Return a packed choice; parameters that are empty are left out, as one types it."""
    given = {name: value for name, value in facts["parameters"].items() if value not in ("", None)}
    return str(without_folders(Choice(name=facts["name"], parameters=given)))


def _plain(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
