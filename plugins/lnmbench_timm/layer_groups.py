"""Groups of layers of a timm network, separated by the layers that timm lists as features."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

from torch import nn

from lnmbench_timm.layers import PartialNetwork
from lnmbench_timm.timm_api import feature_layers, forward_features


def group_layers(
    network: nn.Module,
) -> tuple[dict[str, nn.Module], list[tuple[str, nn.Module]]]:
    """Return the stages between features by name, and the layers after the last feature.

    Both are empty if the features do not divide the layers in order.
    """
    paths = feature_layers(network)
    layers = list(_list_layers(network, paths))
    layer_paths = [path for path, _ in layers]
    if len(paths) < 2 or any(path not in layer_paths for path in paths):
        return {}, []
    ends = [layer_paths.index(path) + 1 for path in paths]
    container = next(i for i, path in enumerate(layer_paths) if _parent(path) == _parent(paths[0]))
    if "." in paths[0] and container:
        ends = [container, *ends]
    if ends != sorted(set(ends)):
        return {}, []
    groups: dict[str, nn.Module] = {}
    for start, end in zip([0, *ends], ends, strict=False):
        name = stage_name(layer_paths[end - 1]) if groups else "stem"
        groups[name] = _chain(layers[start:end])
    return groups, layers[ends[-1] :]


def _list_layers(
    module: nn.Module, paths: Sequence[str], prefix: str = ""
) -> Iterator[tuple[str, nn.Module]]:
    """Yield layers in order; containers of features are replaced by their children."""
    for name, child in module.named_children():
        path = prefix + name
        if path not in paths and any(other.startswith(f"{path}.") for other in paths):
            yield from _list_layers(child, paths, f"{path}.")
        else:
            yield path, child


def candidate_stems(network: nn.Module, groups: Mapping[str, nn.Module]) -> Iterator[nn.Module]:
    """Yield two candidates for the first stage.

    The first is the forward pass of the network without later layers; the second is the early
    layers in order.
    """
    early = set(groups["stem"].modules())
    early_names = [name for name, child in network.named_children() if child in early]
    bypassed = [name for name, _ in network.named_children() if name not in early_names]
    yield PartialNetwork(network, forward_features, names=early_names, bypassed=bypassed)
    yield groups["stem"]


def _chain(layers: Sequence[tuple[str, nn.Module]]) -> nn.Module:
    if len(layers) == 1:
        return layers[0][1]
    return nn.Sequential(OrderedDict((stage_name(path), layer) for path, layer in layers))


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def stage_name(path: str) -> str:
    """Return the name of an encoder stage: timm's path with `_` for dots."""
    return path.replace(".", "_")
