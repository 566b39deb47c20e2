"""Methods with the objects that their choices name."""

from __future__ import annotations

from dataclasses import dataclass

from lnmbench.contracts import AuxTask, Encoder, Weighting
from lnmbench.records import BaselineMethod, NetworkMethod
from lnmbench.registry import Selection
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.stages.plan.fixed_predictions import PlannedPredictions
from lnmbench.stages.plan.matched_rows import MatchedRows
from lnmbench.stages.plan.search.groups import CandidateGroup


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResolvedNetwork:
    """A network with the objects that its choices name, and the candidates of its search.

    `encoder` is the selection of the encoder, not the object: an encoder holds its weights, so each
    use builds one and releases it. `tasks` are in the order of `method.aux`. `rows` are those of
    `PrecomputedFeatures`.
    """

    method: NetworkMethod
    encoder: Selection[Encoder]
    tasks: tuple[AuxTask, ...]
    weighting: Weighting
    groups: tuple[CandidateGroup, ...]
    rows: MatchedRows | None = None

    @property
    def candidates(self) -> int:
        """The number of settings that the inner folds choose among."""
        return self.method.tune


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageSource:
    """The source of a baseline's features of images.

    They are those of the network's encoder or, if it has tasks, the network's own.
    """

    baseline: GuardedImageBaseline
    network: ResolvedNetwork


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResolvedBaseline:
    """A baseline method with its baseline.

    `images` is the source of its features of images, if any; `fixed` are its predictions if it is
    not trained. `notes` are its own notes on the setting.
    """

    method: BaselineMethod
    baseline: GuardedBaseline
    images: ImageSource | None = None
    fixed: PlannedPredictions | None = None
    notes: tuple[str, ...] = ()

    @property
    def candidates(self) -> int:
        """The number of settings that the inner folds choose among."""
        reductions = 1 if self.images is None else len(self.images.baseline.reductions)
        return len(self.baseline.candidates()) * reductions


ResolvedMethod = ResolvedNetwork | ResolvedBaseline


def image_network(resolved: ResolvedMethod) -> ResolvedNetwork | None:
    """Return the network whose encoder a method needs: itself, or that of a baseline."""
    if isinstance(resolved, ResolvedNetwork):
        return resolved
    return None if resolved.images is None else resolved.images.network
