"""A network of timm as an encoder of CT slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lnmbench import UserError, Weights
from lnmbench.errors import nearest

if TYPE_CHECKING:
    from torch import nn

    from lnmbench_timm.chain import Chain

LAST = "last"


def timm_network(name: str, weights: str = "auto", cut: str = LAST, seed: int = 0) -> TimmNetwork:
    """any network of timm by its name there, up to the stage `cut`"""
    return TimmNetwork(name, weights=weights, cut=cut, seed=seed)


class TimmNetwork:
    """A frozen network of timm, `name` as `timm.list_models()` has it, with a tag or without.

    `weights`: `imagenet`, those that timm names for the tag, from the hub or its cache, or fails;
    `random` from `seed`; a file with timm's names; `auto` takes timm's if they can be had, else
    random ones, and says which in `weights`. `cut` is the last stage kept: its maps, or its tokens
    but for the class token, are averaged; `last` is the whole network, pooled as timm does before
    the classifier. Networks of a fixed size see slices resized to it.
    """

    level: Literal["slice"] = "slice"
    weights: Weights
    out_dim: int

    def __init__(self, name: str, *, weights: str, cut: str, seed: int) -> None:
        from lnmbench_timm.chain import chain_of
        from lnmbench_timm.weights import load

        network, self.weights = load(name, weights=weights, seed=seed)
        chain = chain_of(network)
        self.out_dim = chain.out_dim
        self._stages = chain.stages
        if cut != LAST:
            self._stages, self.out_dim = _cut(chain, cut.replace(".", "_"), name)

    def stages(self) -> nn.Sequential:
        """Return to_rgb, stem, timm's stages …, pool: (B, 1, H, W) in [-1, 1] to (B, out_dim).

        Names are timm's, with `_` for dots. A network that is no plain chain has one stage, `body`.
        """
        return self._stages


def _cut(chain: Chain, cut: str, name: str) -> tuple[nn.Sequential, int]:
    if not chain.cuts:
        raise UserError(
            f"timm's {name} cannot be cut",
            expected=f"cut={LAST}",
            got=f"cut={cut}",
            then="its stages are no plain chain",
        )
    if cut not in chain.cuts:
        raise UserError(
            f"timm's {name} has no stage {cut!r}", then=nearest(cut, [*chain.cuts, LAST])
        )
    return chain.up_to(cut), chain.cuts[cut].width
