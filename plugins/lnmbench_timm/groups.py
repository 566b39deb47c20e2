"""Groups the layers of a network of timm by the features between which they stand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

from torch import nn

from lnmbench_timm.layers import Rest
from lnmbench_timm.network import feature_layers, features


def groups_of(
    network: nn.Module,
) -> tuple[dict[str, nn.Module], list[tuple[str, nn.Module]]]:
    """Return the stages between features by name, and the layers behind the last feature."""
    paths = feature_layers(network)
    units = list(_units(network, paths))
    at = [path for path, _ in units]
    if len(paths) < 2 or any(path not in at for path in paths):
        return {}, []
    ends = [at.index(path) + 1 for path in paths]
    container = next(i for i, path in enumerate(at) if _parent(path) == _parent(paths[0]))
    if "." in paths[0] and container:
        ends = [container, *ends]
    if ends != sorted(set(ends)):
        return {}, []
    groups: dict[str, nn.Module] = {}
    for start, end in zip([0, *ends], ends, strict=False):
        name = name_of(at[end - 1]) if groups else "stem"
        groups[name] = _row(units[start:end])
    return groups, units[ends[-1] :]


def _units(
    module: nn.Module, paths: Sequence[str], prefix: str = ""
) -> Iterator[tuple[str, nn.Module]]:
    """Yield layers in order, opening those that hold features further down."""
    for name, child in module.named_children():
        path = prefix + name
        if path not in paths and any(other.startswith(f"{path}.") for other in paths):
            yield from _units(child, paths, f"{path}.")
        else:
            yield path, child


def stems_of(network: nn.Module, groups: Mapping[str, nn.Module]) -> Iterator[nn.Module]:
    """Yield all that is done before the first stage, then only the layers there, in a row."""
    early = set(groups["stem"].modules())
    kept = [name for name, child in network.named_children() if child in early]
    bypassed = [name for name, _ in network.named_children() if name not in kept]
    yield Rest(network, features, kept=kept, bypassed=bypassed)
    yield groups["stem"]


def _row(units: Sequence[tuple[str, nn.Module]]) -> nn.Module:
    if len(units) == 1:
        return units[0][1]
    return nn.Sequential(OrderedDict((name_of(path), layer) for path, layer in units))


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def name_of(path: str) -> str:
    """Return the name of a stage for a path: timm's, with `_` for dots."""
    return path.replace(".", "_")
