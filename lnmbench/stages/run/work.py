"""Work of a run: chunks of its methods go to an executor, and their results to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import PluginError, UserError
from lnmbench.records import ImageInputs, NetworkMethod, Plan, Unit, UnitResult, probe_key
from lnmbench.registry import GuardedExecutor, PluginSource, Registry, fault_log
from lnmbench.registry.boundary.values import Unexpected, describe
from lnmbench.stages.plan import (
    MethodFailure,
    ResolvedBenchmark,
    ResolvedMethod,
    ResolvedNetwork,
    image_network,
)
from lnmbench.stages.run.chunk import Chunk, make_chunk, split_chunk
from lnmbench.stages.run.encoder_probe import describe_probe, probe_encoder
from lnmbench.stages.run.example_images import make_example_caches
from lnmbench.stages.run.execution import execute, is_of_execution
from lnmbench.stages.run.features import make_feature_cache
from lnmbench.stages.run.final_model import fit_final_model
from lnmbench.store.feature_cache import FeatureCache
from lnmbench.store.ledger import LedgerWriter
from lnmbench.text import plural


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """The work of a run: chunks go to a pool, and this process alone writes their results."""

    registry: Registry
    ledger: LedgerWriter
    plan: Plan
    pool: GuardedExecutor
    progress: Progress
    importance: int = 0

    def missing_units(self, resolved: ResolvedMethod) -> set[tuple[int, int]]:
        """Return the units of a method that lack a result, or its part on importance."""
        fingerprint = resolved.method.fingerprint
        done = self.ledger.done(fingerprint)
        if self.importance and resolved.method.trained:
            done &= self.ledger.done_permuted(fingerprint)
        return set(self.plan.splits.units()) - done

    def notify(self, event: str, **facts: object) -> None:
        """Call the hooks of an event, and print their new faults."""
        for line in self.registry.events.notify(event, **facts):
            self.progress.say(line)

    def run_method(
        self,
        resolved: ResolvedMethod,
        benchmark: ResolvedBenchmark,
        *,
        home: Path,
        plugins: tuple[PluginSource, ...],
    ) -> list[MethodFailure]:
        """Run the chunks that a method lacks; return its failure, if there is one.

        Parameters
        ----------
        resolved
            The method.
        benchmark
            Its benchmark.
        home
            The folder of feature caches.
        plugins
            The plugins that the user named.
        """
        missing, label = self.missing_units(resolved), resolved.method.label
        try:
            features = self._make_features(resolved, benchmark, home) if missing else None
            examples = self._make_examples(resolved, benchmark, features)
            repeats = [
                make_chunk(
                    resolved,
                    benchmark,
                    repeat,
                    features=features,
                    examples=examples,
                    plugins=plugins,
                )
                for repeat in sorted({repeat for repeat, _ in missing})
            ]
            chunks = [part for chunk in repeats for part in split_chunk(chunk, missing)]
            self._run_chunks(chunks, resolved)
            self._fit_final_model(resolved, benchmark)
        except MethodError as error:
            failure = MethodFailure(label=label, reason=str(error))
            self.progress.finish()
            self.progress.say(str(failure))
            return [failure]
        return []

    def _fit_final_model(self, resolved: ResolvedMethod, benchmark: ResolvedBenchmark) -> None:
        """Store the final model of a linear baseline, if the ledger lacks it."""
        if not self.importance or isinstance(resolved, ResolvedNetwork):
            return
        if resolved.images is not None or resolved.fixed is not None:
            return
        fingerprint = resolved.method.fingerprint
        if self.ledger.final_model(fingerprint) is not None or self.missing_units(resolved):
            return
        try:
            if not resolved.baseline.has_equation():
                return
            model = fit_final_model(
                resolved.method,
                resolved.baseline,
                benchmark.cohort,
                self.plan,
                self.ledger.chosen_settings(fingerprint),
            )
        except PluginError as fault:
            raise MethodError(str(fault)) from None
        if model is not None:
            self.ledger.add_final_model(fingerprint, model)

    def _make_features(
        self, resolved: ResolvedMethod, benchmark: ResolvedBenchmark, home: Path
    ) -> FeatureCache | None:
        network = image_network(resolved)
        if network is None:
            return None
        try:
            cache = make_feature_cache(
                network,
                benchmark.cohort,
                benchmark.cohort_file,
                home,
                self.progress,
                device=benchmark.resources.device,
            )
        except PluginError as fault:
            raise MethodError(str(fault)) from None
        if cache is not None and isinstance(resolved, ResolvedNetwork):
            self._probe(resolved.method, benchmark, cache)
        return cache

    def _make_examples(
        self, resolved: ResolvedMethod, benchmark: ResolvedBenchmark, features: FeatureCache | None
    ) -> dict[ImageInputs, FeatureCache]:
        """Return the caches of further images that the tasks of a method need."""
        network = image_network(resolved)
        if features is None or network is None:
            return {}
        try:
            return make_example_caches(
                network,
                features,
                benchmark.cohort,
                benchmark.cohort_file,
                self.progress,
                device=benchmark.resources.device,
            )
        except PluginError as fault:
            raise MethodError(str(fault)) from None

    def _probe(
        self, method: NetworkMethod, benchmark: ResolvedBenchmark, cache: FeatureCache
    ) -> None:
        """Store the linear probe of an encoder, if the ledger lacks it."""
        if probe_key(method) in self.ledger.probes():
            return
        self.progress.start("probe", method.encoder.name, 1, "encoder")
        probe = probe_encoder(method, benchmark.cohort, self.plan, cache)
        self.progress.advance()
        self.progress.finish()
        if probe is not None:
            self.ledger.add_probe(probe)
            self.progress.say(f"{method.encoder.name}: {describe_probe(probe)}")

    def _run_chunks(self, chunks: Sequence[Chunk], resolved: ResolvedMethod) -> None:
        label, protocol = resolved.method.label, self.plan.protocol
        trained = resolved.method.trained
        steps_a_unit = protocol.inner * resolved.candidates if trained else 1
        if not chunks:
            self.progress.say(f"{label}: complete in the ledger")
            return
        lacking = sum(len(chunk.folds) for chunk in chunks)
        step = "fit" if trained else "unit"
        self.progress.start("run", label, protocol.units * steps_a_unit, step)
        self.progress.advance((protocol.units - lacking) * steps_a_unit)
        notes: set[str] = set()
        waiting: dict[Future[list[UnitResult]], Chunk] = {}

        def keep(future: Future[list[UnitResult]]) -> None:
            chunk = waiting.pop(future)
            self._add_results(future, chunk, notes)
            self.progress.advance(len(chunk.folds) * steps_a_unit)

        try:
            for chunk in chunks:
                waiting[self.pool.submit(execute, chunk)] = chunk
                for future in [future for future in waiting if future.done()]:
                    keep(future)
            for future in as_completed(list(waiting)):
                keep(future)
        finally:
            for future in waiting:
                future.cancel()
        self.progress.finish()

    def _add_results(self, future: Future[list[UnitResult]], chunk: Chunk, notes: set[str]) -> None:
        """Write the results of a chunk, and print those of its notes that are new."""
        label = chunk.method.label
        error = None if future.cancelled() else future.exception()
        if isinstance(error, BrokenExecutor):
            raise UserError(
                "a worker process died, possibly because memory ran out",
                where=label,
                then="run the same command again, with fewer workers, to continue",
            ) from error
        if isinstance(error, UserError):
            fault_log.record_from_worker(error)
            raise MethodError(str(error))
        if error is not None and is_of_execution(error):
            raise error
        results = self.pool.result(future, partial(_require_results, chunk=chunk))
        self.ledger.add_results(results)
        for result in results:
            self.notify("unit_finished", result=result)
        for note in dict.fromkeys(note for result in results for note in result.notes):
            if note not in notes:
                self.progress.say(f"{label}: {note}")
                notes.add(note)


class MethodError(UserError):
    """An error that ends its method, while the others continue."""


def _require_results(value: object, *, chunk: Chunk) -> list[UnitResult]:
    """Return the results of a chunk: one for each of its units, and no other."""
    if not isinstance(value, list) or not all(isinstance(each, UnitResult) for each in value):
        raise Unexpected("the list of results that the call returns", describe(value))
    method = chunk.method.fingerprint
    expected = [Unit(method=method, repeat=chunk.repeat, fold=fold) for fold in chunk.folds]
    units = sorted(result.unit for result in value)
    if units != expected:
        raise Unexpected(
            f"one result for each of {plural(len(expected), 'unit')} of repeat {chunk.repeat}",
            f"{plural(len(units), 'result')}, {len(set(units) & set(expected))} of them of these",
        )
    return value
