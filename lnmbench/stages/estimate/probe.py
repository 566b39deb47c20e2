"""Probes of the methods of a run: a part of their work, measured on this machine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from lnmbench.records import Plan, feature_modalities, unshuffle
from lnmbench.stages.estimate.estimates import MethodEstimate, RepeatEstimate, Span
from lnmbench.stages.estimate.feature_probe import CacheEstimate, estimate_cache
from lnmbench.stages.estimate.importance_probe import extrapolate
from lnmbench.stages.estimate.network_probe import estimate_networks
from lnmbench.stages.estimate.timing import LONG, measure_seconds
from lnmbench.stages.estimate.workload import PROBABILITY_BYTES, Workload, ledger_bytes
from lnmbench.stages.plan import (
    ImageSource,
    ResolvedBaseline,
    ResolvedBenchmark,
    ResolvedMethod,
    ResolvedNetwork,
    image_network,
)
from lnmbench.stages.run import (
    ENCODINGS,
    BaselineChunk,
    Completion,
    FeatureTable,
    Fit,
    add_image_columns,
    baseline_results,
    example_caches,
    find_feature_cache,
    fit_final_model,
    list_inputs,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Probe:
    """Estimates method after method.

    `counted` are the feature caches of earlier methods, and `tokens` those that they share, by the
    cache, the width and the kind of token. `controls` are the estimates of negative
    controls by the tasks that they permute: one probe serves all of them.
    """

    benchmark: ResolvedBenchmark
    home: Path
    counted: set[Path] = field(default_factory=set)
    tokens: set[tuple[Path | None, int, bool]] = field(default_factory=set)
    controls: dict[str, RepeatEstimate] = field(default_factory=dict)

    def estimate_method(self, workload: Workload) -> MethodEstimate:
        """Return the estimate of a method."""
        resolved, plan = workload.resolved, self.benchmark.plan
        cache, repeat = CacheEstimate(), RepeatEstimate()
        if workload.repeats:
            cache = self._estimate_cache(resolved)
            repeat = self._estimate_repeat(resolved, workload.repeats[0])
        tokens = self._count_tokens(resolved, repeat)
        seconds = repeat.seconds + Span(low=tokens, high=tokens)
        return MethodEstimate(
            label=resolved.method.label,
            units=workload.units,
            units_all=plan.protocol.units,
            fits=workload.fits,
            candidates=workload.candidates,
            slices=cache.slices,
            seconds=cache.seconds + seconds.times(workload.units / plan.protocol.folds),
            disk=cache.bytes + ledger_bytes(workload, plan) + self._permuted_bytes(workload),
            memory=repeat.memory,
            importance=repeat.importance.times(workload.units / plan.protocol.folds)
            + self._estimate_final_model(resolved, workload),
        )

    def _estimate_final_model(self, resolved: ResolvedMethod, workload: Workload) -> Span:
        """Return the seconds of the final model of a linear baseline."""
        if not self.benchmark.importance or not workload.repeats:
            return Span()
        if isinstance(resolved, ResolvedNetwork) or resolved.fixed is not None:
            return Span()
        if resolved.images is not None or not resolved.baseline.has_equation():
            return Span()
        seconds = measure_seconds(
            lambda: fit_final_model(
                resolved.method,
                resolved.baseline,
                self.benchmark.cohort,
                self.benchmark.plan,
                [],
            ),
            "cpu",
        )
        return Span(low=seconds, high=seconds)

    def _permuted_bytes(self, workload: Workload) -> int:
        """Return the bytes of the predictions with permuted inputs in the ledger."""
        resolved, plan = workload.resolved, self.benchmark.plan
        if not resolved.method.trained:
            return 0
        if isinstance(resolved, ResolvedNetwork):
            choice, has_images = resolved.method.encoder, resolved.method.level != "none"
        else:
            choice, has_images = resolved.method.baseline, resolved.images is not None
        features = self.benchmark.cohort.select_modalities(feature_modalities(choice)).features
        inputs = list_inputs(features, has_images=has_images)
        numbers: int = len(plan.ids) * plan.endpoints.shape[1] * len(workload.repeats)
        return len(inputs) * self.benchmark.importance * numbers * PROBABILITY_BYTES

    def _estimate_cache(self, resolved: ResolvedMethod) -> CacheEstimate:
        network, cohort = image_network(resolved), self.benchmark.cohort
        features = None if network is None else find_feature_cache(network, cohort, self.home)
        if network is None or features is None:
            return CacheEstimate()
        encodings = {features.path: 1}
        for kind, cache in example_caches(network, features).items():
            encodings[cache.path] = ENCODINGS[kind]
        missing = {path for path in encodings if not path.is_file()} - self.counted
        if not missing:
            return CacheEstimate()
        self.counted.update(missing)
        once = estimate_cache(network, cohort, self.benchmark.resources.device)
        return once.times(sum(encodings[path] for path in missing))

    def _count_tokens(self, resolved: ResolvedMethod, repeat: RepeatEstimate) -> float:
        """Return the seconds of the tokens of a repeat that no earlier method computes."""
        if not isinstance(resolved, ResolvedNetwork):
            return 0.0
        features = find_feature_cache(resolved, self.benchmark.cohort, self.home)
        path = None if features is None else features.path
        seconds = 0.0
        for each in repeat.tokens:
            name = (path, each.width, each.is_averaged)
            if name not in self.tokens:
                seconds += each.seconds
            if each.is_shared:
                self.tokens.add(name)
        return seconds

    def _estimate_repeat(self, resolved: ResolvedMethod, repeat: int) -> RepeatEstimate:
        if isinstance(resolved, ResolvedNetwork):
            method = resolved.method
            if not method.is_permuted:
                return self._estimate_networks(resolved, repeat)
            tasks = tuple(map(unshuffle, method.aux))
            task = replace(method, aux=tasks).fingerprint
            if task not in self.controls:
                self.controls[task] = self._estimate_networks(resolved, repeat)
            return self.controls[task]
        return _estimate_baseline(resolved, self.benchmark, repeat)

    def _estimate_networks(self, network: ResolvedNetwork, repeat: int) -> RepeatEstimate:
        count = self.benchmark.importance
        return estimate_networks(network, self.benchmark, repeat, importance=count)


def _estimate_baseline(
    resolved: ResolvedBaseline, benchmark: ResolvedBenchmark, repeat: int
) -> RepeatEstimate:
    """Return the estimate of a repeat, from one inner fit with all its candidates.

    Features of images are random numbers. In each fit that learns them, there are as many networks
    as inner folds.
    """
    if resolved.fixed is not None:
        return RepeatEstimate()
    images = resolved.images
    complete = None
    if images is not None:
        tables = partial(_add_random_columns, images)
        complete = Completion(settings=images.baseline.reductions, tables=tables)
    chunk = BaselineChunk(
        method=resolved.method,
        repeat=repeat,
        folds=(0,),
        plan=_with_one_inner_fold(benchmark.plan),
        cohort_file=benchmark.cohort_file,
    )

    def measure(importance: int = 0) -> float:
        each = replace(chunk, importance=importance)
        return measure_seconds(
            lambda: baseline_results(each, benchmark.cohort, resolved.baseline, complete), "cpu"
        )

    seconds, permuting = measure(), 0.0
    if seconds < LONG:  # the first call imports modules
        seconds = min(seconds, measure())
    if benchmark.importance:
        permuting = max(0.0, extrapolate(measure, benchmark.importance) - seconds)
    protocol = benchmark.plan.protocol
    fits = protocol.folds * protocol.inner
    fitting = RepeatEstimate(
        seconds=Span(low=seconds, high=seconds).times(fits),
        importance=Span(low=permuting, high=permuting).times(fits),
    )
    if images is None or not images.network.tasks:
        return fitting
    networks = estimate_networks(images.network, benchmark, repeat)
    return replace(
        networks,
        seconds=networks.seconds.times(protocol.inner) + fitting.seconds,
        importance=fitting.importance,
    )


def _add_random_columns(
    images: ImageSource, table: FeatureTable, fit: Fit
) -> tuple[FeatureTable, ...]:
    network = images.network
    training = network.method.training
    width = training.image_features if network.tasks else network.encoder.build().out_dim
    features = np.random.default_rng(0).normal(size=(len(table.frame), width))
    return add_image_columns(table, features, fit, images.baseline)


def _with_one_inner_fold(plan: Plan) -> Plan:
    return replace(plan, protocol=replace(plan.protocol, inner=1))
