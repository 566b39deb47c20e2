"""Files are named without the folders that hold them, wherever people read of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lnmbench.records import Choice, Method, NetworkMethod, Weights

_VALUE = re.compile(r'=(?:"([^"]+)"|([^",]+))')
_PLACE = re.compile(r"[/\\~.]|[A-Za-z]:[/\\]")
_QUOTED = re.compile(r"""(?<!\w)(['"])(?:(?!\1).)*[/\\](?=(?:(?!\1).)*\1)""")
# unquoted: from a root or a home on, folders in folders, or the folder of a file
_FOLDERS = re.compile(
    r"""(?<![\w.])(?:[A-Za-z]:|~[\w.-]*)?[/\\](?:(?!:\s)[^'"])*[/\\]"""
    r"""|(?:[^\s'"(=:,/\\]+[/\\]){2,}|[^\s'"(=:,/\\]+[/\\](?=[^\s'"/\\]*\.[A-Za-z])"""
)


def without_folders(choice: Choice, weights: Weights | None = None) -> Choice:
    r"""Return the choice with files named without the folders that hold them on one machine.

    A file is what begins as a place does, what is there, and the one that `weights` come from.

    Examples
    --------
    >>> str(without_folders(Choice(name="resnet50", parameters={"weights": "/home/me/w.pt"})))
    'resnet50:weights=w.pt'
    >>> str(without_folders(Choice(name="timm", parameters={"model": "hub/resnet50"})))
    'timm:model=hub/resnet50'
    """
    names = file_names(choice, weights)
    parameters = {key: names.get(str(own), own) for key, own in choice.parameters.items()}
    return Choice(name=choice.name, parameters=parameters)


def file_names(choice: Choice, weights: Weights | None = None) -> dict[str, str]:
    """Return the parameters that are places of files or folders, each with its last part."""
    return dict(_file_names(choice, weights))


def all_file_names(dataset: str, methods: Iterable[Method]) -> dict[str, str]:
    """Return the places of files in a data set's text and in all choices of methods, as above."""
    values = [quoted or plain for quoted, plain in _VALUE.findall(dataset)]
    found = file_names(
        Choice(name="", parameters={str(place): text for place, text in enumerate(values)})
    )
    for method in methods:
        if isinstance(method, NetworkMethod):
            found |= file_names(method.encoder, method.weights)
            for choice in (*method.aux, method.weighting):
                found |= file_names(choice) if choice else {}
        else:
            found |= file_names(method.baseline)
    return found


def renamed(facts: Any, names: Mapping[str, str]) -> Any:
    """Return plain facts, as JSON holds them, with one text for another in all their texts."""
    if isinstance(facts, str):
        for place in sorted(names, key=len, reverse=True):
            facts = facts.replace(place, names[place])
        return facts
    if isinstance(facts, Mapping):
        return {renamed(key, names): renamed(own, names) for key, own in facts.items()}
    if isinstance(facts, list | tuple):
        return [renamed(one, names) for one in facts]
    return facts


def told_without_folders(text: str) -> str:
    """Return what an error says without the folders of one machine; a report may be passed on.

    Examples
    --------
    >>> told_without_folders("[Errno 2] no such file: '/home/jane doe/scans/a.csv'")
    "[Errno 2] no such file: 'a.csv'"
    >>> told_without_folders("3/4 of jane_doe/w.pt, and/or more")
    '3/4 of w.pt, and/or more'
    """
    return _FOLDERS.sub("", _QUOTED.sub(r"\1", text))


def _file_names(choice: Choice, weights: Weights | None) -> Iterator[tuple[str, str]]:
    for value in choice.parameters.values():
        text = str(value)
        if weights is not None and weights.is_file(text):
            yield text, weights.file
        elif re.search(r"[/\\]", text) and (_PLACE.match(text) or _there(text)):
            yield text, re.split(r"[/\\]", text.rstrip("/\\"))[-1]


def _there(place: str) -> bool:
    return os.path.exists(os.path.expanduser(place))  # which refuse no text  # noqa: PTH110, PTH111
