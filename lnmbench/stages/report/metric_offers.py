"""Metrics of a report: those that plugins offer, and the faults of those that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lnmbench import choices
from lnmbench.contracts import Metric
from lnmbench.errors import PluginError
from lnmbench.records import Choice, Protocol, TargetKind
from lnmbench.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricOffers:
    """The metrics of the target (primary ones first), and all that need no parameter, by name.

    `faults` are those of metrics that cannot be built, by name.
    """

    of_target: Mapping[str, Metric]
    without_parameters: Mapping[str, Metric]
    faults: Mapping[str, str]

    @property
    def of_outcome(self) -> Mapping[str, Metric]:
        """The metrics of one outcome of a target with several."""
        return {
            n: metric for n, metric in self.without_parameters.items() if "binary" in metric.kinds
        }


def build_metrics(
    protocol: Protocol, registry: Registry, kind: TargetKind = "binary"
) -> MetricOffers:
    """Return the metrics that plugins offer. Raises `UserError` if a primary one is unknown.

    Parameters
    ----------
    protocol
        The protocol, which names the primary metrics.
    registry
        The plugins.
    kind
        The kind of the target, which its metrics score.
    """
    faults: dict[str, str] = {}
    primary, others = {}, {}
    for name in protocol.primary:
        metric = _build(name, choices.parse(name), registry, faults)
        if metric is not None:
            primary[name] = metric
    for offer in registry.metrics.offers():
        if not any(parameter.required for parameter in offer.parameters):
            metric = _build(offer.name, Choice(name=offer.name), registry, faults)
            if metric is not None:
                others[offer.name] = metric
    further = {
        name: metric
        for name, metric in others.items()
        if kind in metric.kinds and name not in primary
    }
    return MetricOffers(of_target=primary | further, without_parameters=others, faults=faults)


def target_metrics(protocol: Protocol, registry: Registry) -> Mapping[str, Metric]:
    """Return the metrics of the target by name: the primary ones, then all others on offer.

    Raises `UserError` if a primary one is unknown.
    """
    return build_metrics(protocol, registry).of_target


def _build(name: str, choice: Choice, registry: Registry, faults: dict[str, str]) -> Metric | None:
    try:
        metric = registry.metrics.build(choice)
        # reads every attribute once, so that a fault in one is found here
        _ = metric.title, metric.greater_is_better, metric.kinds, metric.bounds
    except PluginError as error:
        faults[name] = str(error)
        return None
    return metric
