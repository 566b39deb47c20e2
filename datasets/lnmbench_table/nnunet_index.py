"""The file `dataset.json` of nnU-Net: its CT channel, and the labels of its masks."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lnmbench import UserError
from lnmbench.errors import nearest
from lnmbench.imaging.volume_files import SUFFIXES
from lnmbench.tables import decode_text, read_content
from lnmbench.text import join_first, quote

INDEX = "dataset.json"
_CT = "ct"
_OTHER_LABELS = ("background", "ignore")
# Names that mean the primary tumor and nothing else.
_TUMOR = re.compile(
    r"((lung|primary|colon|pancreatic|kidney|liver|gastric)[ _-]*)?"
    r"(tumou?rs?|cancer|carcinoma|neoplasm|gtv([ _-]*[p1])?)([ _-]*primary)?",
    re.IGNORECASE,
)
_MOST_NAMES = 12
_CHANNEL_DIGITS = 4


class _IndexFile(BaseModel):
    """The keys of `dataset.json` that are read. The first version has `modality`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    channel_names: dict[str, str] = Field(default_factory=dict)
    modality: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, int | str | list[int]]
    file_ending: str = ".nii.gz"
    training: int | None = Field(default=None, validation_alias="numTraining")


@dataclass(frozen=True, slots=True, kw_only=True)
class NnunetIndex:
    """The content of a `dataset.json`.

    `labels` has the values of each name, without the background; a region of several labels has
    several values. `training` is the number of training cases that it states.
    """

    path: Path
    channels: Mapping[int, str]
    labels: Mapping[str, tuple[int, ...]]
    ending: str
    training: int | None

    def find_ct(self) -> int:
        """Return the number of the channel that is CT.

        Raises `UserError` if none is, or several are.
        """
        numbers = [n for n, name in self.channels.items() if name.strip().casefold() == _CT]
        if len(numbers) == 1:
            return numbers[0]
        names = ", ".join(f"{n}: {quote(name, 30)}" for n, name in sorted(self.channels.items()))
        raise UserError(
            f"{INDEX} declares {len(numbers) or 'no'} CT channel{'s' if numbers else ''}",
            where=str(self.path),
            expected="one channel with the name CT",
            got=names or "no channel_names",
            then="if the images are CT in HU, correct the name in channel_names",
        )

    def find_label(self, name: str) -> tuple[int, str]:
        """Return the value of the tumor's label, and a note on the choice.

        Parameters
        ----------
        name
            Name or number of the label; empty for the only label, or the only one that is named as
            a tumor.

        Raises
        ------
        UserError
            If several labels can be the tumor, for an unknown name, and for a region of several
            labels.
        """
        listed = join_first(
            [f"{quote(n, 40)} {_join(values)}" for n, values in self.labels.items()], _MOST_NAMES
        )
        if name:
            matches = [
                known
                for known, values in self.labels.items()
                if known.casefold() == name.casefold() or name == _join(values)
            ]
            if not matches:
                raise UserError(
                    f"no label {quote(name)}",
                    where=str(self.path),
                    got=listed,
                    then=nearest(name, self.labels),
                )
        else:
            tumors = [known for known in self.labels if _TUMOR.fullmatch(known.strip())]
            matches = [*self.labels] if len(self.labels) == 1 else tumors
        if len(matches) != 1:
            raise UserError(
                "the label of the tumor is not clear",
                where=str(self.path),
                expected="one label",
                got=listed,
                then="choose one with region_name=NAME",
            )
        values = self.labels[matches[0]]
        if len(values) > 1:
            raise UserError(
                f"the label {quote(matches[0])} is a region of several labels",
                where=str(self.path),
                expected="a label with one value",
                got=f"values {_join(values)}",
                then="choose a label with region_name=NAME",
            )
        return values[0], f"tumor: label {values[0]} ({quote(matches[0])}) of {listed}"


def read_nnunet_index(path: Path) -> NnunetIndex:
    """Read a `dataset.json`.

    Raises `UserError` if it is no JSON, or lacks labels, and for files that are no volumes.
    """
    index = _read_index(path)
    if index.file_ending.lower() not in SUFFIXES:
        raise UserError(
            f"{INDEX} declares files {quote(index.file_ending, 20)}",
            where=str(path),
            expected=", ".join(SUFFIXES),
        )
    return NnunetIndex(
        path=path,
        channels=_read_channels(index.channel_names or index.modality, path),
        labels=_read_labels(index.labels, path),
        ending=index.file_ending,
        training=index.training,
    )


def _read_index(path: Path) -> _IndexFile:
    text, _ = decode_text(read_content(path), path)
    try:
        content = json.loads(text, object_pairs_hook=partial(_require_unique_keys, path=path))
    except (json.JSONDecodeError, RecursionError) as error:
        got = str(error) if isinstance(error, json.JSONDecodeError) else "brackets too deep"
        raise UserError(f"{path} is no JSON", got=got) from None
    try:
        return _IndexFile.model_validate(content)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in detail["loc"][:2]) or INDEX
        is_missing = detail["type"] == "missing"
        raise UserError(
            f"{path} is no index of nnU-Net",
            where=f"key {quote(key)}",
            got="no such key" if is_missing else detail["msg"],
            then="export the raw data set again, or use the data set folder with a manifest",
        ) from None


def _require_unique_keys(pairs: Sequence[tuple[str, object]], path: Path) -> dict[str, object]:
    """Return the pairs of a JSON object. Raises `UserError` for a key that occurs twice."""
    counts = Counter(key for key, _ in pairs)
    repeated = [key for key, count in counts.items() if count > 1]
    if repeated:
        raise UserError(f"key {quote(repeated[0])} occurs more than once", where=str(path))
    return dict(pairs)


def _read_channels(names: Mapping[str, str], path: Path) -> dict[int, str]:
    for number in names:
        if not number.isdecimal() or len(number) > _CHANNEL_DIGITS:
            raise UserError(
                f"the channel {quote(number, 20)} has no number",
                where=str(path),
                expected="0, 1, …",
            )
    return {int(number): name for number, name in names.items()}


def _read_labels(
    labels: Mapping[str, int | str | list[int]], path: Path
) -> dict[str, tuple[int, ...]]:
    """Return the values of each name. The first version has the names of the values instead."""
    pairs: list[tuple[str, tuple[int, ...]]] = []
    for key, value in labels.items():
        if isinstance(value, str):
            if not key.isdecimal():
                raise UserError(
                    f"label {quote(key)} has no number", where=str(path), got=quote(value)
                )
            pairs.append((value, (int(key),)))
        else:
            pairs.append((key, (value,) if isinstance(value, int) else tuple(value)))
    chosen = {
        name: values
        for name, values in pairs
        if name.strip().casefold() not in _OTHER_LABELS and values != (0,)
    }
    if not chosen:
        raise UserError("no label but the background", where=str(path))
    return chosen


def _join(values: tuple[int, ...]) -> str:
    return "+".join(map(str, values))
