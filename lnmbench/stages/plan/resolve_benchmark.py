"""Resolution of a benchmark: every name becomes an object, over one cohort."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lnmbench import choices
from lnmbench.config import Benchmark
from lnmbench.contracts import AuxTask, TargetOutcomes
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError
from lnmbench.records import (
    Choice,
    Cohort,
    ImageCounts,
    Method,
    NetworkMethod,
    Plan,
    Protocol,
    Resources,
    TargetKind,
)
from lnmbench.registry import GuardedExecutor, Registry, Selection
from lnmbench.results import FAMILY_TITLES, FEWEST_CONTROLS, find_family, join_and
from lnmbench.stages.ingest import Pseudonyms
from lnmbench.stages.plan.aux_tasks import LabelSource, list_notes
from lnmbench.stages.plan.cohort_plan import make_plan, read_labels
from lnmbench.stages.plan.encoders import list_notices
from lnmbench.stages.plan.failures import MethodFailure
from lnmbench.stages.plan.image_baselines import refuse_unknown_parts
from lnmbench.stages.plan.ineffective_settings import notice_ineffective_settings
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.methods import resolve_methods
from lnmbench.stages.plan.missing_images import count_images
from lnmbench.stages.plan.primary_metrics import normalize_margins, normalize_metrics
from lnmbench.stages.plan.resolved_methods import ResolvedMethod, ResolvedNetwork, image_network
from lnmbench.stages.plan.resources import resolve_resources, share_resources
from lnmbench.stages.plan.spelling import spell
from lnmbench.stages.plan.weighting import TasksAlone
from lnmbench.store.cohort_file import read_cohort
from lnmbench.text import plural


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResolvedBenchmark:
    """A benchmark with every choice bound and built, over one cohort.

    `failures` are methods that a plugin's fault excludes; `sources` are the checksums of the
    plugins' sources. `resources` are those of the whole run. `importance` is the number of
    permutations of each input. `images` are numbers of cases with and without images, if the
    protocol masks or excludes the latter. `notes` say how labels were made; `notices` has these
    and, for the user, lines on the encoders.
    """

    cohort_file: Path
    cohort: Cohort
    plan: Plan
    methods: tuple[ResolvedMethod, ...]
    failures: tuple[MethodFailure, ...]
    sources: Mapping[str, str]
    executor: Selection[GuardedExecutor]
    resources: Resources
    notes: tuple[str, ...]
    notices: tuple[str, ...]
    importance: int = 0
    images: ImageCounts | None = None

    @property
    def tasks(self) -> Mapping[str, AuxTask]:
        """The auxiliary tasks of all methods by their bound choice as text."""
        return _tasks_by_name(self.methods)

    @property
    def worker_resources(self) -> Resources:
        """The resources of one of the executor's workers."""
        return share_resources(self.resources, self.executor.bound)


def resolve(
    benchmark: Benchmark,
    registry: Registry,
    find_cohort: Callable[[], Path],
    *,
    executor: Choice | None = None,
    resources: Resources | None = None,
    read: Callable[[Path], Cohort] = read_cohort,
    pseudonyms: Pseudonyms | None = None,
) -> ResolvedBenchmark:
    """Return what a run of a benchmark consists of.

    Parameters
    ----------
    benchmark
        The benchmark, with choices as the user wrote them.
    registry
        The plugins that offer what it names.
    find_cohort
        Returns the cohort file. It is called after all names are known to be right, because a run
        ingests the cohort here.
    executor
        The executor of the run; by default the one in `defaults.toml`.
    resources
        The device and memory of the run; by default one CPU.
    read
        Reads the cohort file.
    pseudonyms
        Those that replaced the ids of the cohort, if any: ids in files of features match them.

    Raises
    ------
    UserError
        For unknown names and parameters, and for everything that cannot be run.
    """
    registry.datasets.bind(benchmark.dataset)
    target = registry.targets.select(benchmark.target)
    selections = select_methods(benchmark, registry)
    refuse_unknown_parts(selections.baselines, registry)
    built = target.build()
    kind: TargetKind = built.kind if isinstance(built, TargetOutcomes) else "binary"
    is_declared = "primary" in benchmark.model_fields_set
    declared = benchmark.primary if is_declared else DEFAULTS.primary_metrics[kind]
    primary = normalize_metrics(declared, registry, kind)
    margins = normalize_margins(benchmark.margin, primary, registry, kind)
    selected_executor = registry.executors.select(executor or choices.parse(DEFAULTS.executor))
    available = resolve_resources(resources or Resources())
    sources = registry.sources()
    path = find_cohort()
    cohort = read(path)
    protocol = replace(benchmark.protocol, target=spell(target), primary=primary, margins=margins)
    plan = make_plan(cohort, built, protocol)
    source = LabelSource.of_plan(plan, cohort)
    methods, failures = resolve_methods(
        selections,
        benchmark,
        registry,
        cohort,
        available,
        source,
        plan=plan,
        pseudonyms=pseudonyms,
    )
    images = [network for network in map(image_network, methods) if network is not None]
    notes = [*plan.notes, *list_notes(_tasks_by_name(images), cohort)]
    notes += dict.fromkeys(note for resolved in methods for note in _baseline_notes(resolved))
    notes += map(str, failures)
    networks = [network.method for network in images]
    notices = [
        *list_notices(networks),
        *(network.rows.notice for network in images if network.rows),
        *_notice_few_controls(benchmark.controls),
        *_notice_family(protocol, [resolved.method for resolved in methods]),
        # a network that failed may be the one that the settings affect
        *([] if failures else notice_ineffective_settings(benchmark, _trained(images), networks)),
    ]
    return ResolvedBenchmark(
        cohort_file=path,
        cohort=cohort,
        plan=plan,
        methods=methods,
        failures=failures,
        sources=sources,
        executor=selected_executor,
        resources=available,
        notes=tuple(notes),
        notices=tuple(dict.fromkeys(filter(None, [*notes, *notices]))),
        importance=benchmark.importance,
        images=count_images(cohort, read_labels(cohort, built, plan), protocol),
    )


def _baseline_notes(resolved: ResolvedMethod) -> tuple[str, ...]:
    """Return the notes of a baseline, those of its predictions if it is not trained."""
    if isinstance(resolved, ResolvedNetwork):
        return ()
    return resolved.notes if resolved.fixed is None else resolved.fixed.notes


def _trained(networks: Sequence[ResolvedNetwork]) -> list[NetworkMethod]:
    """Return the networks that are trained: not those whose frozen features a baseline gets."""
    return [n.method for n in networks if n.tasks or not isinstance(n.weighting, TasksAlone)]


def _tasks_by_name(methods: Sequence[ResolvedMethod]) -> dict[str, AuxTask]:
    return {
        str(choice): task
        for resolved in methods
        if isinstance(resolved, ResolvedNetwork)
        for choice, task in zip(resolved.method.aux, resolved.tasks, strict=True)
    }


def _notice_family(protocol: Protocol, methods: Sequence[Method]) -> list[str]:
    """Return a notice of a family that is not the default; `UserError` if no pair is in it."""
    if protocol.family == Protocol().family:
        return []
    pairs = len(find_family(methods, protocol.family))
    title = FAMILY_TITLES[protocol.family]
    if not pairs:
        raise UserError(
            f"no pair of methods is in the family {protocol.family}",
            expected=title,
            then="name other methods, or omit --family",
        )
    tests = plural(pairs * len(protocol.primary), "test")
    return [f"family of tests (Holm): {title}, {tests} in {join_and(protocol.primary)}"]


def _notice_few_controls(controls: int) -> list[str]:
    """Return a notice if there are too few negative controls for a permutation test."""
    if not 0 < controls < FEWEST_CONTROLS:
        return []
    return [
        f"{plural(controls, 'negative control')}: too few for a permutation test, which can reach"
        f" p = .05 from --controls {FEWEST_CONTROLS} on; the corrected test against each decides"
    ]
