"""Is the gain of an auxiliary task more than what shuffled labels bring?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lnmbench.records import Method, Results
from lnmbench_checks.arms import asks, is_control_of, is_reference
from lnmbench_checks.wording import decimal, few, p_is

ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """How much better one method scores in a metric than another, by the primary test after Holm.

    `difference` is as the metric counts; `better` says whether it speaks for the method.
    """

    metric: str
    method: str
    reference: str
    difference: float
    holm: float
    better: bool

    @property
    def shown(self) -> bool:
        """Whether the gain is one, and borne out."""
        return self.better and self.holm < ALPHA


class NotAboveControl:
    """A gain of an auxiliary task that its shuffled control was not asked for, or has as well.

    A gain is a primary metric in which the network with the task is better than the same network
    without it, Holm's p of the primary test below .05. It must be better than the same network with
    the labels of every task shuffled, too, by the same test in the same family; of several such
    controls, than each. Does not apply where no gain is shown: nothing is claimed, and nothing is
    to be controlled.
    """

    title = "a gain not above the shuffled control's"
    severity: Literal["warning"] = "warning"
    remedy = (
        "run the control beside the task, e.g. --aux pt --aux pt:shuffled=1; do not say that the"
        " labels help where it gains as much"
    )

    def __call__(self, results: Results) -> str | None:
        """Return the gains in question."""
        claimed = [gain for gain in _gains(results, _references(results)) if gain.shown]
        if not claimed:
            return None
        over = _gains(results, _controls(results))
        judged = {(gain.method, gain.metric, gain.reference): gain for gain in over}
        told = (_told(results, gain, judged) for gain in claimed)
        return few([text for text in told if text])


def _told(results: Results, gain: Gain, judged: dict[tuple[str, str, str], Gain]) -> str:
    label = _labels(results)[gain.method]
    metric = results.metric_titles.get(gain.metric, gain.metric)
    what = f"{label} gains {decimal(gain.difference, sign=True)} in {metric}"
    controls = [one for key, one in judged.items() if key[:2] == (gain.method, gain.metric)]
    if not controls:
        return f"{what}, and no shuffled control was run"
    weakest = max(controls, key=lambda one: (not one.shown, one.holm))
    if weakest.shown:
        return ""
    return (
        f"{what}, but {decimal(weakest.difference, sign=True)} over its shuffled control"
        f" (Holm {p_is(weakest.holm)})"
    )


def _gains(results: Results, pairs: set[tuple[str, str]]) -> Iterator[Gain]:
    """The differences of the (method, reference) pairs in every primary metric."""
    for one in results.compared:
        for method, reference, sign in (
            (one.method_b, one.method_a, 1.0),
            (one.method_a, one.method_b, -1.0),
        ):
            if (method, reference) in pairs and results.primary in one.tests:
                difference = sign * one.tests[results.primary].estimate
                upwards = results.metric_better.get(one.metric, True)
                yield Gain(
                    metric=one.metric,
                    method=method,
                    reference=reference,
                    difference=difference,
                    holm=one.holm,
                    better=difference > 0.0 if upwards else difference < 0.0,
                )


def _references(results: Results) -> set[tuple[str, str]]:
    return {
        (multi.fingerprint, single.fingerprint)
        for multi in _asking(results)
        for single in _complete(results)
        if is_reference(single, multi)
    }


def _controls(results: Results) -> set[tuple[str, str]]:
    return {
        (multi.fingerprint, control.fingerprint)
        for multi in _asking(results)
        for control in _complete(results)
        if is_control_of(control, multi)
    }


def _asking(results: Results) -> list[Method]:
    return [method for method in _complete(results) if asks(method)]


def _complete(results: Results) -> list[Method]:
    return [outcome.method for outcome in results.method_results if outcome.complete]


def _labels(results: Results) -> dict[str, str]:
    return {o.method.fingerprint: o.method.label for o in results.method_results}
