"""Checkpoints of a file that takes long to make: a killed process resumes from its parts.

A part is one .npz in a folder next to the file, named by its number, after the SHA-256 of its
content. It appears complete or not at all, and it has a label of the file and its settings, so that
damaged parts and those of other settings are ignored.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnmbench.store.atomic import make_private_folder, replacing
from lnmbench.store.file_errors import writing

SUFFIX = ".parts"
_LABEL = "label"
_DIGEST_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Finished parts of one file, in a folder next to it."""

    folder: Path

    @classmethod
    def for_file(cls, path: Path) -> Parts:
        """Return the parts of the file at `path`."""
        return cls(folder=path.with_suffix(SUFFIX))

    def write(self, number: int, label: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Store a finished part. Raises `UserError` if no space is left.

        Parameters
        ----------
        number
            Number of the part.
        label
            The file and its settings as text.
        arrays
            Arrays by name, of any shape.
        """
        stored: dict[str, Any] = {**arrays, _LABEL: np.frombuffer(label.encode(), np.uint8)}
        content = io.BytesIO()
        np.savez(content, **stored)
        with writing(self.folder):
            make_private_folder(self.folder)
        path = self._path(number)
        # unfinished parts leave with the folder; a search for them in each write would be quadratic
        with (
            replacing(path, private=True, sweep=False) as temporary_path,
            temporary_path.open("wb") as stream,
        ):
            stream.write(hashlib.sha256(content.getbuffer()).digest())
            stream.write(content.getbuffer())

    def read(self, number: int, label: str) -> dict[str, NDArray[Any]] | None:
        """Return a part's arrays, or None if it is absent, damaged, or of another label."""
        try:
            content = self._path(number).read_bytes()
            if hashlib.sha256(content[_DIGEST_BYTES:]).digest() != content[:_DIGEST_BYTES]:
                return None
            stream = io.BytesIO(content[_DIGEST_BYTES:])
            with np.load(stream, allow_pickle=False) as stored:
                if stored[_LABEL].tobytes() != label.encode():
                    return None
                return {name: stored[name] for name in stored.files if name != _LABEL}
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            return None

    def remove(self) -> None:
        """Remove every part."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.npz"
