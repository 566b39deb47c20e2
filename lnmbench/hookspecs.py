"""Every hook, in the order in which they happen. A plugin implements any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from lnmbench import contracts
    from lnmbench.records import Manifest, UnitResult

hookspec = pluggy.HookspecMarker("lnmbench")


class Hooks:
    """What a plugin can offer (`register_…`) and what it is told."""

    @hookspec
    def register_datasets(self) -> Mapping[str, Callable[..., contracts.Dataset]]:
        """Offer sources of cases."""
        raise NotImplementedError

    @hookspec
    def register_report_readers(self) -> Mapping[str, Callable[..., contracts.ReportReader]]:
        """Offer ways to make features of free-text reports."""
        raise NotImplementedError

    @hookspec
    def register_targets(self) -> Mapping[str, Callable[..., contracts.Target]]:
        """Offer labels to predict."""
        raise NotImplementedError

    @hookspec
    def register_encoders(self) -> Mapping[str, Callable[..., contracts.Encoder]]:
        """Offer networks that turn slices into feature vectors."""
        raise NotImplementedError

    @hookspec
    def register_aux_tasks(self) -> Mapping[str, Callable[..., contracts.AuxTask]]:
        """Offer labels to learn beside the target."""
        raise NotImplementedError

    @hookspec
    def register_weightings(self) -> Mapping[str, Callable[..., contracts.Weighting]]:
        """Offer ways to combine the losses of the tasks."""
        raise NotImplementedError

    @hookspec
    def register_baselines(self) -> Mapping[str, Callable[..., contracts.Baseline]]:
        """Offer classical models on the clinical features."""
        raise NotImplementedError

    @hookspec
    def register_executors(self) -> Mapping[str, Callable[..., Executor]]:
        """Offer places where chunks of units run (`concurrent.futures.Executor`)."""
        raise NotImplementedError

    @hookspec
    def run_started(self, manifest: Manifest) -> None:
        """Tell that a run begins; nothing has been trained yet."""

    @hookspec
    def unit_finished(self, result: UnitResult) -> None:
        """Tell that a unit's result is safe in the ledger."""

    @hookspec
    def run_finished(self, manifest: Manifest) -> None:
        """Tell that every unit of the run has a result."""

    @hookspec
    def register_metrics(self) -> Mapping[str, Callable[..., contracts.Metric]]:
        """Offer scores of a fold's predictions."""
        raise NotImplementedError

    @hookspec
    def register_comparisons(self) -> Mapping[str, Callable[..., contracts.Comparison]]:
        """Offer tests of the difference between two methods."""
        raise NotImplementedError

    @hookspec
    def register_checks(self) -> Mapping[str, Callable[..., contracts.Check]]:
        """Offer numbered methodological checks, named LNM001…."""
        raise NotImplementedError

    @hookspec
    def register_sections(self) -> Mapping[str, Callable[..., contracts.Section]]:
        """Offer parts of the report."""
        raise NotImplementedError
