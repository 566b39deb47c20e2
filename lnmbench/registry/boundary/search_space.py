"""Search spaces of weightings and auxiliary tasks at the boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lnmbench.registry.boundary.values import Unexpected, require_mapping, require_sequence

MOST_PARAMETERS = 100
MOST_VALUES = 1000


def require_space(value: object) -> Mapping[str, Sequence[object]]:
    """Return the values to try for each parameter, at least one."""
    space: dict[str, Sequence[object]] = {}
    for name, values in require_mapping(value, most=MOST_PARAMETERS).items():
        space[name] = require_sequence(values, most=MOST_VALUES)
        if not space[name]:
            raise Unexpected(f"at least one value of {name}", "none")
    return space
