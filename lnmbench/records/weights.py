"""The source of an encoder's weights."""

from __future__ import annotations

from dataclasses import dataclass, field

from lnmbench.records.column import OMITTED_BY_DEFAULT


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
