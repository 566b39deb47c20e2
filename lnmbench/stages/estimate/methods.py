"""An arm of the estimate: its amount, times the pace that a probe of it has here."""

from __future__ import annotations

from pathlib import Path

from lnmbench.records import Method, NetworkMethod
from lnmbench.registry import Registry
from lnmbench.stages.estimate.amounts import Amount, ledger_bytes
from lnmbench.stages.estimate.baselines import repeat_of_baseline
from lnmbench.stages.estimate.encoders import NOTHING, Encoding, encoding
from lnmbench.stages.estimate.estimates import Arm, Repeat, Span
from lnmbench.stages.estimate.networks import repeat_of_networks
from lnmbench.stages.plan.resolve import Prepared
from lnmbench.stages.run.chunk import Chunk
from lnmbench.stages.run.features import features_path


class Probe:
    """Measures arm after arm; a feature cache that an earlier one would make is there."""

    def __init__(self, ready: Prepared, registry: Registry, home: Path) -> None:
        self._ready, self._registry, self._home = ready, registry, home
        self._made: set[Path] = set()

    def arm(self, amount: Amount) -> Arm:
        """Return what an arm is expected to take."""
        method, plan = amount.method, self._ready.plan
        features, repeat = NOTHING, Repeat()
        if amount.repeats:
            features, repeat = self._features(method), self._repeat(amount)
        encoding = Span(low=features.seconds, high=features.seconds)
        return Arm(
            label=method.label,
            units=len(amount.repeats) * plan.protocol.folds,
            units_all=plan.protocol.units,
            fits=len(amount.repeats) * amount.fits_a_repeat,
            candidates=amount.candidates,
            slices=features.slices,
            seconds=encoding + repeat.seconds.times(len(amount.repeats)),
            disk=features.bytes + ledger_bytes(amount, plan, self._registry),
            memory=repeat.memory,
        )

    def _features(self, method: Method) -> Encoding:
        if not isinstance(method, NetworkMethod):
            return NOTHING
        cohort = self._ready.cohort
        path = features_path(method, cohort, self._registry, self._home)
        if path is None or path in self._made or path.is_file():
            return NOTHING
        self._made.add(path)
        return encoding(method, cohort, self._registry, self._ready.resources.device)

    def _repeat(self, amount: Amount) -> Repeat:
        chunk = Chunk(
            method=amount.method,
            repeat=amount.repeats[0],
            plan=self._ready.plan,
            cohort=self._ready.path,
            features=None,
            resources=self._ready.resources,
        )
        method, cohort = amount.method, self._ready.cohort
        if isinstance(method, NetworkMethod):
            return repeat_of_networks(method, chunk, cohort, self._registry)
        return repeat_of_baseline(method, chunk, cohort, self._registry)
