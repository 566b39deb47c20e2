"""Every hook, in the order in which they happen; a plugin implements any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Protocol

import pluggy

if TYPE_CHECKING:
    from lnmbench import contracts
    from lnmbench.records import Manifest, UnitResult

hookspec = pluggy.HookspecMarker("lnmbench")
hookimpl = pluggy.HookimplMarker("lnmbench")


class Hooks(Protocol):
    """Offers of a plugin (`register_…`, factories by name), and events of a run."""

    @hookspec
    def register_datasets(self) -> Mapping[str, Callable[..., contracts.Dataset]]:
        """Offer sources of cases."""

    @hookspec
    def register_report_readers(self) -> Mapping[str, Callable[..., contracts.ReportReader]]:
        """Offer extraction of features from free-text CT reports."""

    @hookspec
    def register_feature_extractors(
        self,
    ) -> Mapping[str, Callable[..., contracts.FeatureExtractor]]:
        """Offer extraction of features from the CT and the tumor mask."""

    @hookspec
    def register_targets(self) -> Mapping[str, Callable[..., contracts.Target]]:
        """Offer labels to predict."""

    @hookspec
    def register_encoders(self) -> Mapping[str, Callable[..., contracts.Encoder]]:
        """Offer networks that map slices or volumes to feature vectors."""

    @hookspec
    def register_aux_tasks(self) -> Mapping[str, Callable[..., contracts.AuxTask]]:
        """Offer labels to learn together with the target."""

    @hookspec
    def register_weightings(self) -> Mapping[str, Callable[..., contracts.Weighting]]:
        """Offer combinations of the task losses."""

    @hookspec
    def register_baselines(self) -> Mapping[str, Callable[..., contracts.Baseline]]:
        """Offer classical models on the clinical features."""

    @hookspec
    def register_executors(self) -> Mapping[str, Callable[..., Executor]]:
        """Offer executors that run chunks of units (`concurrent.futures.Executor`)."""

    @hookspec
    def run_started(self, manifest: Manifest) -> None:
        """Respond to the start of a run, before anything is trained."""

    @hookspec
    def unit_finished(self, result: UnitResult) -> None:
        """Respond to the result of a unit, after it is saved in the ledger."""

    @hookspec
    def run_finished(self, manifest: Manifest) -> None:
        """Respond to the end of a run, after every unit has a result."""

    @hookspec
    def register_metrics(self) -> Mapping[str, Callable[..., contracts.Metric]]:
        """Offer scores of predictions."""

    @hookspec
    def register_comparisons(self) -> Mapping[str, Callable[..., contracts.Comparison]]:
        """Offer statistical tests of the difference between two methods."""

    @hookspec
    def register_checks(self) -> Mapping[str, Callable[..., contracts.Check]]:
        """Offer numbered methodological checks, named LNM001…."""

    @hookspec
    def register_sections(self) -> Mapping[str, Callable[..., contracts.Section]]:
        """Offer sections of the report."""
