"""A choice: a name and its parameters, as in `resnet50:weights=random`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice of a plugin's offer. Parameters are text until they are bound to its factory."""

    name: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.parameters:
            return self.name
        pairs = ",".join(f"{key}={_quoted(value)}" for key, value in self.parameters.items())
        return f"{self.name}:{pairs}"

    @property
    def key(self) -> str:
        """The choice with sorted parameters: one text, in whatever order they were written.

        Examples
        --------
        >>> Choice(name="size", parameters={"unit": "mm", "bins": 3}).key
        'size:bins=3,unit=mm'
        """
        return str(Choice(name=self.name, parameters=dict(sorted(self.parameters.items()))))


def _quoted(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if text == text.strip() and not any(mark in text for mark in ',"='):
        return text
    return '"' + text.replace('"', '""') + '"'
