"""Registry of everything that plugins offer, by role.

Examples
--------
>>> from lnmbench.records import Choice
>>> registry = Registry()
>>> registry.metrics.build(Choice(name="auc")).title
'AUC'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from lnmbench import contracts, records
from lnmbench.errors import UserError
from lnmbench.parameters import Parameter
from lnmbench.registry.boundary import Events, GuardedExecutor
from lnmbench.registry.plugins import (
    BLOCK,
    PLUGINS,
    LoadedPlugins,
    Plugin,
    PluginSource,
    Problem,
)
from lnmbench.registry.roles import Offer, Role, Selection

if TYPE_CHECKING:
    from typing import TypeAlias

    from lnmbench.registry.boundary.baselines import GuardedBaseline
    from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline

AnyBaseline: TypeAlias = "GuardedBaseline | GuardedImageBaseline"

TRAIN = Parameter(
    name="train",
    annotation=str,
    default="none",
    description="First encoder stage that is trained, `all` or `none`; earlier stages are frozen.",
)

PRETRAINED_ON = Parameter(
    name="pretrained_on",
    annotation=str,
    default="",
    description="Data that weights from a file were trained on; `cohort` if it was this cohort.",
)

IMAGE_CONTROL = Parameter(
    name=records.IMAGE_CONTROL,
    annotation=records.ImageControl,
    default="none",
    description="Change of the images for an image control; `none` keeps them.",
    omitted_by_default=True,
)

IMAGE_CONTROL_SEED = Parameter(
    name=records.IMAGE_CONTROL_SEED,
    annotation=int,
    default=0,
    description="Seed of the change of the images.",
    omitted_by_default=True,
)

MODALITIES = Parameter(
    name=records.MODALITIES,
    annotation=str,
    default="",
    description="Modalities of its features, e.g. `clinical+pet`, or `none`; empty for all.",
    omitted_by_default=True,
)

SELECT = Parameter(
    name=records.SELECT,
    annotation=records.SelectionMethod,
    default="none",
    description="Selection of features of each modality that is not clinical, on training cases.",
    omitted_by_default=True,
)

SELECT_MOST = Parameter(
    name=records.SELECT_MOST,
    annotation=int,
    default=records.DEFAULT_MOST,
    description="Largest number of features of such a modality.",
    omitted_by_default=True,
)

SHUFFLED = Parameter(
    name=records.SHUFFLED,
    annotation=int,
    default=0,
    description="Seed that permutes the labels for a negative control; 0 keeps them.",
)

KEEP = Parameter(
    name=records.KEEP,
    annotation=float,
    default=1.0,
    description="Share of the known labels that train the network, the same of each class.",
    omitted_by_default=True,
)

KEEP_SEED = Parameter(
    name=records.KEEP_SEED,
    annotation=int,
    default=0,
    description="Seed of the choice of these labels; a smaller share is part of a larger one.",
    omitted_by_default=True,
)

WEIGHT = Parameter(
    name=records.WEIGHT,
    annotation=float,
    default=1.0,
    description="Factor of the loss of the task, before the weighting.",
    omitted_by_default=True,
)


class Registry:
    """Every plugin that could be loaded, and one `Role` for each kind of offer.

    Loading never raises for a plugin's fault: `problems` lists it.

    Parameters
    ----------
    extra
        Plugin files or modules in addition to the installed ones, and objects.
    """

    def __init__(self, extra: Sequence[PluginSource] = ()) -> None:
        loaded = self._loaded = LoadedPlugins(extra)
        self.extra = tuple(source for source in extra if isinstance(source, str))
        self.datasets = Role[contracts.Dataset](loaded, "dataset", contracts.Dataset)
        self.report_readers = Role[contracts.ReportReader](
            loaded, "report reader", contracts.ReportReader
        )
        self.feature_extractors = Role[contracts.FeatureExtractor](
            loaded, "feature extractor", contracts.FeatureExtractor
        )
        self.targets = Role[contracts.Target](loaded, "target", contracts.Target)
        self.encoders = Role[contracts.Encoder](
            loaded,
            "encoder",
            contracts.Encoder,
            parameters=(TRAIN, PRETRAINED_ON, IMAGE_CONTROL, IMAGE_CONTROL_SEED, MODALITIES),
        )
        self.aux_tasks = Role[contracts.AuxTask](
            loaded, "aux task", contracts.AuxTask, parameters=(SHUFFLED, KEEP, KEEP_SEED, WEIGHT)
        )
        self.weightings = Role[contracts.Weighting](loaded, "weighting", contracts.Weighting)
        self.baselines: Role[AnyBaseline] = Role(
            loaded,
            "baseline",
            contracts.Baseline,
            parameters=(MODALITIES, SELECT, SELECT_MOST),
            alternatives=(contracts.FixedPredictions, contracts.ImageBaseline),
        )
        self.executors = Role[GuardedExecutor](loaded, "executor", Executor)
        self.metrics = Role[contracts.Metric](loaded, "metric", contracts.Metric)
        self.comparisons = Role[contracts.Comparison](loaded, "comparison", contracts.Comparison)
        self.checks = Role[contracts.Check](loaded, "check", contracts.Check)
        self.events = Events(loaded.listeners)
        self.sections = Role[contracts.Section](loaded, "section", contracts.Section)

    @property
    def roles(self) -> tuple[Role[object], ...]:
        """Every role, in the order of the pipeline."""
        return tuple(role for role in vars(self).values() if isinstance(role, Role))

    def sources(self, names: Sequence[str] | None = None) -> dict[str, str]:
        """Return the checksums of the sources of all loaded plugins, or of some."""
        return self._loaded.sources(names)

    def require_sources(self, planned: Mapping[str, str]) -> None:
        """Raise `UserError` if a plugin's source is not the one that `sources` returned."""
        self._loaded.require_sources(planned)

    @property
    def problems(self) -> Sequence[Problem]:
        """The faults of plugins met so far; a role's offers are read when it is first used."""
        return self._loaded.problems

    def refuse_problems(self) -> None:
        """Raise `UserError` for the first unusable plugin that the user named explicitly."""
        for role in self.roles:
            role.offers()
        for problem in self.problems:
            if problem.explicit:
                raise UserError(str(problem))


__all__ = [
    "BLOCK",
    "IMAGE_CONTROL",
    "IMAGE_CONTROL_SEED",
    "KEEP",
    "KEEP_SEED",
    "PLUGINS",
    "PRETRAINED_ON",
    "SELECT",
    "SELECT_MOST",
    "SHUFFLED",
    "TRAIN",
    "WEIGHT",
    "AnyBaseline",
    "GuardedExecutor",
    "Offer",
    "Plugin",
    "PluginSource",
    "Problem",
    "Registry",
    "Role",
    "Selection",
]
