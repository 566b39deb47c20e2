"""Guarded boundary around plugins: their objects, each behind an adapter of its role.

An adapter has the members of its role's contract. It calls the plugin through `Boundary.call`,
passes read-only arrays and returns checked values.
"""

from __future__ import annotations

from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.events import Events
from lnmbench.registry.boundary.executors import GuardedExecutor


def guard(built: object, boundary: Boundary) -> object:
    """Return a plugin's object behind the adapter of its role.

    The object has the members of the role's contract; adapters are imported here because most
    commands build few objects.
    """
    from lnmbench.registry.boundary.adapters import ADAPTERS

    adapter = ADAPTERS.get(boundary.role)
    return built if adapter is None else adapter(built, boundary)


__all__ = ["Boundary", "Events", "GuardedExecutor", "guard"]
