"""Redaction: paths without the folders of one machine, texts without ids and UIDs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, get_origin

from lnmbench.parameters import parameters_of
from lnmbench.records import Choice, Method, NetworkMethod, Weights

_VALUE = re.compile(r'=(?:"((?:[^"]|"")+)"|([^",]+))')
_TYPED_FOLDERS = re.compile(r'"(?:[^"]|"")*"|[^=,"]*[/\\]')
_SEPARATOR = re.compile(r"[/\\]")
_PATH_START = re.compile(r"[/\\~.]|[A-Za-z]:[/\\]")
_FILE = re.compile(r".*[/\\][^/\\]*\.[A-Za-z][A-Za-z0-9]*$")
_QUOTED_FOLDERS = re.compile(r"""(?<!\w)(['"])(?:(?!\1).)*[/\\](?=(?:(?!\1).)*\1)""")
# unquoted: from a root or a home on, folders in folders, or the folder of a file
_FOLDERS = re.compile(
    r"""(?<![\w.])(?:[A-Za-z]:|~[\w.-]*)?[/\\](?:(?!:\s)[^'"])*[/\\]"""
    r"""|(?:[^\s'"(=:,/\\]+[/\\]){2,}|[^\s'"(=:,/\\]+[/\\](?=[^\s'"/\\]*\.[A-Za-z])"""
)
_WHOLE_PATH = re.compile(r"[^\s(;,'\"]*[/\\][^;)]*")
_QUOTED = re.compile(r"""(?<!\w)(['"])(?:(?!\1).)*\1(?!\w)""")
_REGION_NAME = re.compile(r"\bROI .*?(?= of \d+:|\)|; |$)")
_PHRASE_FILE = re.compile(r"(?:^|(?<=\())[^():;,]*\.[A-Za-z]\w{1,4}(?=[,):;]|$)")
_FILE_NAME = re.compile(r"(?<![\w.])[^\s(),;:=…]+\.[A-Za-z]\w{1,4}\b")
_UID = re.compile(r"(?<![\w.])\d+(?:\.\d+){5,}(?![\w.])")


def redact_choice(
    choice: Choice, weights: Weights | None = None, *, recorded: bool = False
) -> Choice:
    r"""Return the choice with each path reduced to the name of its file or folder.

    Parameters
    ----------
    choice
        A data set, encoder, auxiliary task, … with its parameters.
    weights
        The weights that the choice has loaded; their file counts as a path.
    recorded
        Whether the choice was read from a ledger, so that its files may be missing: then texts
        that end like a file name and the parameter `weights` count as paths, too.

    Examples
    --------
    >>> str(redact_choice(Choice(name="resnet50", parameters={"weights": "/home/me/w.pt"})))
    'resnet50:weights=w.pt'
    >>> str(redact_choice(Choice(name="timm", parameters={"model": "hub/resnet50"})))
    'timm:model=hub/resnet50'
    >>> choice = Choice(name="resnet50", parameters={"weights": "jane_doe/w.pt"})
    >>> str(redact_choice(choice, recorded=True))
    'resnet50:weights=w.pt'
    """
    names = dict(_file_names(choice, weights, recorded=recorded))
    parameters = {key: names.get(str(value), value) for key, value in choice.parameters.items()}
    return Choice(name=choice.name, parameters=parameters)


def redact_data_set(text: str) -> str:
    """Return a data set in its typed form, with every path reduced to its last part.

    Examples
    --------
    >>> redact_data_set("table:path=/data/a.csv,columns=b/c.toml")
    'table:path=a.csv,columns=c.toml'
    >>> redact_data_set('table:path="/home/me, myself/a=b/c.csv",index=id')
    'table:path="c.csv",index=id'
    >>> redact_data_set('table:path="/home/my ""x""/c.csv",columns=b/c.toml')
    'table:path="c.csv",columns=c.toml'
    >>> redact_data_set("synthetic:n=60")
    'synthetic:n=60'
    """
    return _TYPED_FOLDERS.sub(_drop_folders, text)


def _drop_folders(match: re.Match[str]) -> str:
    """Return a quoted value without its folders, or nothing for the folders of another one."""
    if match[0][0] != '"':
        return ""
    return f'"{_SEPARATOR.split(match[0][1:-1])[-1]}"'


def drop_paths(
    choice: Choice, factory: Callable[..., object], *, keep_free_text: bool = True
) -> Choice:
    """Return the choice without the parameters that are paths, as a cohort file names it.

    Parameters
    ----------
    choice
        A data set with its parameters.
    factory
        The factory of the data set, whose annotations tell which parameters are paths.
    keep_free_text
        Whether to keep other texts that the user chooses freely; they may name people.
    """
    annotations = {parameter.name: parameter.annotation for parameter in parameters_of(factory)}
    parameters = {}
    for name, value in choice.parameters.items():
        annotation = annotations.get(name)
        is_free_text = (
            isinstance(value, str)
            and annotation not in (int, float, bool)
            and get_origin(annotation) is not Literal
        )
        is_path = isinstance(value, Path) or "Path" in str(annotation)
        has_folder = is_free_text and _SEPARATOR.search(str(value)) is not None
        if not (is_path or has_folder or (is_free_text and not keep_free_text)):
            parameters[name] = value
    return Choice(name=choice.name, parameters=parameters)


def file_names_in(choice: Choice, weights: Weights | None = None) -> dict[str, str]:
    """Return the last part of each parameter that is a path, by the path."""
    return dict(_file_names(choice, weights))


def file_names_in_run(data_set: str, methods: Iterable[Method]) -> dict[str, str]:
    """Return the last part of each path in a data set's typed form and in the methods' choices."""
    pairs = _VALUE.findall(data_set)
    values = [quoted.replace('""', '"') or plain for quoted, plain in pairs]
    names = file_names_in(
        Choice(name="", parameters={str(index): value for index, value in enumerate(values)})
    )
    for method in methods:
        network = method if isinstance(method, NetworkMethod) else method.network
        if network is not None:
            names |= file_names_in(network.encoder, network.weights)
            for choice in (*network.aux, network.weighting):
                names |= file_names_in(choice) if choice else {}
        if not isinstance(method, NetworkMethod):
            names |= file_names_in(method.baseline)
    return names


def redact_tree(tree: object, names: Mapping[str, str]) -> object:
    """Return a tree of JSON values, each path in its texts replaced by its file name."""
    if isinstance(tree, str):
        for path in sorted(names, key=len, reverse=True):
            tree = tree.replace(path, names[path])
        return tree
    if isinstance(tree, Mapping):
        return {redact_tree(key, names): redact_tree(value, names) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [redact_tree(item, names) for item in tree]
    return tree


def redact_paths(text: str) -> str:
    """Return a message with each path reduced to its last part, so that it may be passed on.

    Examples
    --------
    >>> redact_paths("[Errno 2] no such file: '/home/jane doe/scans/a.csv'")
    "[Errno 2] no such file: 'a.csv'"
    >>> redact_paths("3/4 of jane_doe/w.pt, and/or more")
    '3/4 of w.pt, and/or more'
    """
    return _FOLDERS.sub("", _QUOTED_FOLDERS.sub(r"\1", text))


def redact_ids(text: str, pseudonyms: Mapping[str, str]) -> str:
    """Return the text with each id replaced by its pseudonym, and without paths.

    File names, names of regions and quoted words often name patients; each becomes an ellipsis.

    Examples
    --------
    >>> redact_ids("no CT series (data/P7/CT): case P7", {"P7": "a1b2"})
    'no CT series (…): case a1b2'
    >>> redact_ids("ROI GTV Doe of 2: 7 voxels; Doe_mask.nii.gz has label 'Doe'", {})
    'ROI … of 2: 7 voxels; … has label …'
    """
    text = _REGION_NAME.sub("ROI …", _WHOLE_PATH.sub("…", text))
    for names in (_QUOTED, _PHRASE_FILE, _FILE_NAME):
        text = names.sub("…", text)
    for id_ in sorted(filter(None, pseudonyms), key=len, reverse=True):
        text = re.sub(rf"(?<![^\W_]){re.escape(id_)}(?![^\W_])", pseudonyms[id_], text)
    return text


def redact_uids(text: str) -> str:
    """Return the text without DICOM UIDs.

    Examples
    --------
    >>> redact_uids("series 1.2.840.113619.2.5.1762 of the study")
    'series (UID) of the study'
    """
    return _UID.sub("(UID)", text)


def _file_names(
    choice: Choice, weights: Weights | None, *, recorded: bool = False
) -> Iterator[tuple[str, str]]:
    for key, value in choice.parameters.items():
        text = str(value)
        if weights is not None and weights.is_file(text):
            yield text, weights.file
        elif _SEPARATOR.search(text) and (
            _PATH_START.match(text)
            or _exists(text)
            or (recorded and (key == "weights" or _FILE.match(text)))
        ):
            yield text, _SEPARATOR.split(text.rstrip("/\\"))[-1]


def _exists(path: str) -> bool:
    # os.path refuses no text, Path does
    return os.path.exists(os.path.expanduser(path))  # noqa: PTH110, PTH111
