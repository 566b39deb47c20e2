"""timm's networks as encoders of CT slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lnmbench import UserError, Weights
from lnmbench.errors import nearest

if TYPE_CHECKING:
    from torch import nn

    from lnmbench_timm.stage_chain import Chain

LAST = "last"


def timm_network(name: str, weights: str = "auto", cut: str = LAST, seed: int = 0) -> TimmNetwork:
    """Any network of timm.

    Parameters
    ----------
    name
        timm's name with or without a tag, e.g. `resnet18.a1_in1k`; `timm.list_models()` lists them.
    weights
        `imagenet` (timm's weights for the tag, from the cache or the hub; an error if they are not
        available), `random`, a file with timm's names, or `auto` (timm's weights if they are
        available, otherwise random ones).
    cut
        Last encoder stage to keep; its maps, or its tokens without the class token, are averaged.
        `last` keeps the complete network, pooled as timm does before the classifier.
    seed
        Seed of random weights.
    """
    return TimmNetwork(name, weights=weights, cut=cut, seed=seed)


class TimmNetwork:
    """A network of timm as an encoder of slices; see `timm_network` for the parameters.

    Networks of a fixed input size get slices that are resized to it.
    """

    level: Literal["slice"] = "slice"
    weights: Weights
    out_dim: int

    def __init__(self, name: str, *, weights: str, cut: str, seed: int) -> None:
        from lnmbench_timm.stage_chain import make_chain
        from lnmbench_timm.weights import load

        network, self.weights = load(name, weights=weights, seed=seed)
        chain = make_chain(network)
        self.out_dim = chain.out_dim
        self._stages = chain.stages
        if cut != LAST:
            self._stages, self.out_dim = _cut(chain, cut.replace(".", "_"), name)

    def stages(self) -> nn.Sequential:
        """Return to_rgb, stem, timm's stages …, pool: (B, 1, H, W) in [-1, 1] to (B, out_dim).

        Names are timm's, with `_` for dots. A network that cannot be divided has one stage, `body`.
        """
        return self._stages


def _cut(chain: Chain, cut: str, name: str) -> tuple[nn.Sequential, int]:
    if not chain.cuts:
        raise UserError(
            f"timm's {name} cannot be cut",
            expected=f"cut={LAST}",
            got=f"cut={cut}",
            then="the network is not a sequence of stages",
        )
    if cut not in chain.cuts:
        raise UserError(
            f"timm's {name} has no stage {cut!r}", then=nearest(cut, [*chain.cuts, LAST])
        )
    return chain.up_to(cut), chain.cuts[cut].width
