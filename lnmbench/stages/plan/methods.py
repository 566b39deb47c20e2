"""Methods of a benchmark, with the objects that their choices name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import ParamSpec

from lnmbench.config import Benchmark
from lnmbench.contracts import AuxTask, Encoder, OwnGrid, PrecomputedFeatures, Weighting
from lnmbench.errors import PluginError, UserError
from lnmbench.records import (
    CLINICAL_MODALITY,
    IMAGE_MODALITY,
    MODALITIES,
    BaselineMethod,
    Choice,
    Cohort,
    Control,
    NetworkMethod,
    Plan,
    Resources,
    Training,
    Weights,
    feature_modalities,
    image_control,
    is_shuffled,
)
from lnmbench.redaction import redact_choice
from lnmbench.registry import AnyBaseline, Registry, Selection
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.stages.ingest import Pseudonyms
from lnmbench.stages.plan.aux_tasks import LabelSource, build_task, refuse_labels
from lnmbench.stages.plan.case_finder import make_case_finder
from lnmbench.stages.plan.encoders import (
    refuse_cohort,
    refuse_heads,
    refuse_image_control,
    refuse_no_features,
    refuse_small_boxes,
    refuse_untrainable,
)
from lnmbench.stages.plan.failures import MethodFailure, refuse_all_failed
from lnmbench.stages.plan.fixed_predictions import (
    PlannedPredictions,
    hash_files,
    plan_predictions,
)
from lnmbench.stages.plan.image_baselines import (
    refuse_few_folds,
    refuse_images,
    refuse_modalities,
    refuse_model,
    select_parts,
)
from lnmbench.stages.plan.image_tasks import refuse_image_task
from lnmbench.stages.plan.matched_rows import MatchedRows, match_rows
from lnmbench.stages.plan.method_selections import DEFAULT_WEIGHTING, MethodSelections
from lnmbench.stages.plan.modalities import list_modality_sets, select_features
from lnmbench.stages.plan.resources import resolve_precision
from lnmbench.stages.plan.search.groups import CandidateGroup, search_groups
from lnmbench.stages.plan.weighting import TargetOnly, TasksAlone

P = ParamSpec("P")


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
    not trained.
    """

    method: BaselineMethod
    baseline: GuardedBaseline
    images: ImageSource | None = None
    fixed: PlannedPredictions | None = None

    @property
    def candidates(self) -> int:
        """The number of settings that the inner folds choose among."""
        return len(self.baseline.candidates())


ResolvedMethod = ResolvedNetwork | ResolvedBaseline


def image_network(resolved: ResolvedMethod) -> ResolvedNetwork | None:
    """Return the network whose encoder a method needs: itself, or that of a baseline."""
    if isinstance(resolved, ResolvedNetwork):
        return resolved
    return None if resolved.images is None else resolved.images.network


def resolve_methods(
    selections: MethodSelections,
    benchmark: Benchmark,
    registry: Registry,
    cohort: Cohort,
    resources: Resources,
    source: LabelSource | None = None,
    *,
    plan: Plan | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> tuple[tuple[ResolvedMethod, ...], tuple[MethodFailure, ...]]:
    """Return the methods with the objects of their selections, each built once, and the failures.

    A fault of a plugin costs the methods that use it. What a plugin refuses on purpose, as a
    parameter or a cohort without labels, is for the user to change before anything is trained.

    Parameters
    ----------
    selections
        What `select_methods` returned for the benchmark.
    benchmark
        The training settings, the window and the size of the search.
    registry
        The plugins, for the parameters that the search varies.
    cohort
        The cohort on which the methods are to be compared.
    resources
        The device that the precision depends on.
    source
        The cases among which negative controls permute labels, by default all, and the target.
    plan
        The plan, which methods that are not trained need.
    pseudonyms
        Those that replaced the ids of the cohort, if any.

    Raises
    ------
    UserError
        For objects that cannot be built, and for methods that the cohort does not allow.
    """
    resolver = _Resolver(
        selections=selections,
        benchmark=benchmark,
        registry=registry,
        cohort=cohort,
        source=source,
        resources=resources,
        plan=plan,
        pseudonyms=pseudonyms,
    )
    by_fingerprint: dict[str, ResolvedMethod] = {}
    for resolved in resolver.methods():
        by_fingerprint.setdefault(resolved.method.fingerprint, resolved)
    # controls last, so that a run that is stopped early has the methods in question
    ordered = sorted(by_fingerprint.values(), key=lambda resolved: resolved.method.is_control)
    methods, failures = tuple(ordered), tuple(resolver.failures)
    if not methods and not failures:
        raise UserError(
            "no method of the benchmark has any of the modalities",
            then="name others with --modalities, or an encoder of images with --encoder",
        )
    refuse_all_failed(failures, len(methods) + len(failures))
    return methods, failures


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Resolver:
    """Builds methods.

    `tasks` are the auxiliary tasks built so far, which methods share; `failures` are the methods
    that cannot be built because of a plugin.
    """

    selections: MethodSelections
    benchmark: Benchmark
    registry: Registry
    cohort: Cohort
    source: LabelSource | None
    resources: Resources
    plan: Plan | None = None
    pseudonyms: Pseudonyms | None = None
    tasks: dict[str, AuxTask] = field(default_factory=dict)
    failures: list[MethodFailure] = field(default_factory=list)

    def methods(self) -> Iterator[ResolvedMethod]:
        sets = list_modality_sets(self.benchmark, self.cohort)
        for encoder in self.selections.encoders:
            for names in sets or (None,):
                yield from self._networks(encoder, names)
        for baseline in self.selections.baselines:
            if _is_fixed(baseline):
                label = self._baseline_label(baseline)
                yield from self._attempt(label, self._fixed_baseline, baseline)
                continue
            for names in sets or (None,):
                yield from self._baselines(baseline, names)

    def _attempt(
        self, label: str, resolve: Callable[P, ResolvedMethod], *args: P.args, **kwargs: P.kwargs
    ) -> Iterator[ResolvedMethod]:
        """Yield a method, or nothing after a fault of one of its plugins."""
        try:
            yield resolve(*args, **kwargs)
        except PluginError as fault:
            if fault.deliberate:
                raise
            self.failures.append(MethodFailure(label=label, reason=str(fault)))

    def _networks(
        self, selection: Selection[Encoder], modalities: tuple[str, ...] | None
    ) -> Iterator[ResolvedMethod]:
        try:
            selection = select_features(selection, modalities, self.cohort)
            encoder = selection.build()
            has_images = encoder.level != "none"
            if modalities is not None and has_images and IMAGE_MODALITY not in modalities:
                if image_control(selection.bound) == "none":
                    yield from self._networks(self.selections.without_images, modalities)
                return
            if modalities == (IMAGE_MODALITY,) and not has_images:
                return
            weights, training = encoder.weights, self.benchmark.training
            features = self.cohort.select_modalities(feature_modalities(selection.bound))
            refuse_cohort(encoder, selection.written, features)
            refuse_image_control(encoder, selection.bound, self.cohort)
            refuse_untrainable(encoder, selection.bound, training)
            refuse_heads(encoder, selection.written, training)
            rows = self._match_rows(selection, encoder)
        except PluginError as fault:
            if fault.deliberate:
                raise
            labels = [self._label(selection, None, *parts) for parts in self._task_sets(selection)]
            self.failures.extend(MethodFailure(label=each, reason=str(fault)) for each in labels)
            return
        for parts in self._task_sets(selection):
            label = self._label(selection, weights, *parts, level=encoder.level)
            yield from self._attempt(label, self._network, label, selection, encoder, rows, *parts)

    def _task_sets(
        self, encoder: Selection[Encoder]
    ) -> Iterator[tuple[Sequence[Selection[AuxTask]], Selection[Weighting] | None]]:
        """Yield each set of auxiliary tasks with each weighting; no tasks have none.

        An encoder with changed images, a control itself, has no set that is a control.
        """
        changed = image_control(encoder.bound) != "none"
        for tasks in self.selections.aux:
            if changed and any(is_shuffled(t.bound) or t.offer.control != "none" for t in tasks):
                continue
            for weighting in self.selections.weightings if tasks else (None,):
                yield tasks, weighting

    def _network(
        self,
        label: str,
        selection: Selection[Encoder],
        encoder: Encoder,
        rows: MatchedRows | None,
        tasks: Sequence[Selection[AuxTask]],
        weighting: Selection[Weighting] | None,
    ) -> ResolvedNetwork:
        training = self.benchmark.training
        built = self._build_tasks(tasks)
        for task, chosen in zip(built, tasks, strict=True):
            refuse_image_task(chosen.bound.name, task, encoder, selection.bound, self.cohort)
        versions = [selection.version, *(task.version for task in tasks)]
        if weighting is not None:
            versions.append(weighting.version)
        method = self._make_network(
            label,
            selection,
            encoder,
            tasks,
            training=training,
            weighting=None if weighting is None else weighting.bound,
            tune=self.benchmark.tune,
            plugins=_versions(versions),
        )
        return ResolvedNetwork(
            method=method,
            encoder=selection,
            tasks=built,
            weighting=TargetOnly() if weighting is None else weighting.build(),
            groups=search_groups(method, self.benchmark.seed, self.registry),
            rows=rows,
        )

    def _match_rows(self, selection: Selection[Encoder], encoder: Encoder) -> MatchedRows | None:
        if not isinstance(encoder, PrecomputedFeatures):
            return None
        cohort, is_exchanged = self.cohort, image_control(selection.bound) == "other_patient"
        used = None if is_exchanged or self.source is None else self.source.cases
        name = str(redact_choice(selection.written, encoder.weights))
        return match_rows(
            encoder.case_ids(),
            cohort,
            encoder.level,
            name,
            used=used,
            pseudonyms=self.pseudonyms,
        )

    def _make_network(
        self,
        label: str,
        selection: Selection[Encoder],
        encoder: Encoder,
        tasks: Sequence[Selection[AuxTask]],
        *,
        training: Training,
        plugins: Mapping[str, str],
        weighting: Choice | None = None,
        tune: int = 1,
    ) -> NetworkMethod:
        grid = encoder.grid if isinstance(encoder, OwnGrid) else None
        method = NetworkMethod(
            label=label,
            encoder=selection.bound,
            level=encoder.level,
            weights=encoder.weights,
            aux=tuple(task.bound for task in tasks),
            weighting=weighting,
            training=training,
            tune=tune,
            window_hu=self.benchmark.window if grid is None else grid.window_hu,
            plugins=plugins,
            control=_find_control(tasks),
            grid=grid,
        )
        precise = resolve_precision(
            training, trained_from=method.trained_from, resources=self.resources
        )
        return replace(method, training=precise)

    def _baselines(
        self, selection: Selection[AnyBaseline], modalities: tuple[str, ...] | None
    ) -> Iterator[ResolvedMethod]:
        """Yield the baseline with the features of some modalities, nothing if it has no others."""
        selection = select_features(selection, modalities, self.cohort)
        label = self._baseline_label(selection)
        try:
            built = selection.build()
        except PluginError as fault:
            if fault.deliberate:
                raise
            self.failures.append(MethodFailure(label=label, reason=str(fault)))
            return
        if isinstance(built, GuardedImageBaseline):
            if modalities is None or IMAGE_MODALITY in modalities:
                yield from self._attempt(label, self._image_baseline, selection, built)
        elif modalities != (IMAGE_MODALITY,):
            yield from self._attempt(label, self._baseline, selection, built)

    def _baseline(
        self, selection: Selection[AnyBaseline], baseline: GuardedBaseline
    ) -> ResolvedBaseline:
        features = self.cohort.select_modalities(feature_modalities(selection.bound))
        refuse_no_features(features, f"the baseline {selection.written.name}")
        baseline.candidates()
        method = self._baseline_method(selection)
        versions = {**baseline.versions(), **method.plugins}
        return ResolvedBaseline(method=replace(method, plugins=versions), baseline=baseline)

    def _fixed_baseline(self, selection: Selection[AnyBaseline]) -> ResolvedBaseline:
        baseline, method = selection.build(), self._baseline_method(selection)
        if not isinstance(baseline, GuardedBaseline) or baseline.fixed is None or not self.plan:
            raise ValueError("fixed predictions need a plan")
        if feature_modalities(selection.bound) is not None:
            raise UserError(
                f"the baseline {method.label} gets no features of this run",
                then=f"omit its parameter {MODALITIES}",
            )
        find_case = make_case_finder(self.cohort, self.pseudonyms)
        fixed = plan_predictions(
            baseline.fixed, self.cohort, self.plan, find_case, label=method.label
        )
        method = replace(method, trained=False, scale=fixed.scale, partial=fixed.partial)
        return ResolvedBaseline(method=method, baseline=baseline, fixed=fixed)

    def _baseline_method(self, selection: Selection[AnyBaseline]) -> BaselineMethod:
        return BaselineMethod(
            label=self._baseline_label(selection),
            baseline=selection.bound,
            plugins=_versions([selection.version]),
            files=hash_files(selection.bound.parameters),
        )

    def _image_baseline(
        self, selection: Selection[AnyBaseline], baseline: GuardedImageBaseline
    ) -> ResolvedBaseline:
        name, parts = selection.written.name, select_parts(baseline, self.registry)
        model = refuse_model(name, parts.model.build())
        refuse_modalities(name, (parts.encoder, parts.model))
        model.candidates()
        encoder, choice = parts.encoder.build(), parts.encoder.bound
        tasks = self._build_tasks(parts.tasks)
        # features of a frozen encoder do not depend on the training
        training = self.benchmark.training if tasks else Training()
        refuse_images(name, encoder, choice, tasks, self.cohort)
        refuse_small_boxes(encoder, choice, self.cohort)
        refuse_image_control(encoder, choice, self.cohort)
        refuse_untrainable(encoder, choice, training)
        refuse_heads(encoder, choice, training)
        for task, chosen in zip(tasks, parts.tasks, strict=True):
            refuse_image_task(chosen.bound.name, task, encoder, choice, self.cohort)
        if tasks:
            refuse_few_folds(name, self.benchmark.inner)
        versions = [parts.encoder.version, *(task.version for task in parts.tasks)]
        network = self._make_network(
            str(parts.spell(selection.written, encoder.weights)),
            parts.encoder,
            encoder,
            parts.tasks,
            training=training,
            plugins=_versions(versions),
        )
        method = BaselineMethod(
            label=network.label,
            baseline=parts.spell(selection.bound, encoder.weights),
            plugins=_versions([selection.version, parts.model.version, *versions]),
            files=hash_files(parts.model.bound.parameters),
            network=network,
        )
        resolved = ResolvedNetwork(
            method=network,
            encoder=parts.encoder,
            tasks=tasks,
            weighting=TasksAlone(),
            groups=search_groups(network, self.benchmark.seed, self.registry),
            rows=self._match_rows(parts.encoder, encoder),
        )
        images = ImageSource(baseline=baseline, network=resolved)
        return ResolvedBaseline(method=method, baseline=model, images=images)

    def _baseline_label(self, selection: Selection[AnyBaseline]) -> str:
        return str(redact_choice(selection.written))

    def _name_clinical_network(self, selection: Selection[Encoder]) -> str:
        modalities = feature_modalities(selection.written)
        if modalities is None and set(self.cohort.modalities) <= {CLINICAL_MODALITY}:
            return "clinical network"
        names = self.cohort.modalities if modalities is None else modalities
        return f"network on {'+'.join(names)}"

    def _build_tasks(self, selections: Sequence[Selection[AuxTask]]) -> tuple[AuxTask, ...]:
        names = [str(selection.bound) for selection in selections]
        if len(set(names)) < len(names):
            written = " + ".join(str(selection.written) for selection in selections)
            raise UserError(
                f"aux tasks {written} name the same task twice", then="name each task once"
            )
        for name, selection in zip(names, selections, strict=True):
            if name not in self.tasks:
                task = build_task(selection, self.source)
                refuse_labels(selection.bound.name, task, self.cohort)
                task.notes(self.cohort)
                self.tasks[name] = task
        return tuple(self.tasks[name] for name in names)

    def _label(
        self,
        selection: Selection[Encoder],
        weights: Weights | None,
        tasks: Sequence[Selection[AuxTask]],
        weighting: Selection[Weighting] | None,
        *,
        level: str = "",
    ) -> str:
        network = str(redact_choice(selection.written, weights))
        parts = [self._name_clinical_network(selection) if level == "none" else network]
        parts += [str(redact_choice(task.written)) for task in tasks]
        if weighting is not None and weighting.written != DEFAULT_WEIGHTING:
            parts.append(str(redact_choice(weighting.written)))
        tune = self.benchmark.tune
        return " + ".join(parts) + (f" (best of {tune})" if tune > 1 else "")


def _is_fixed(selection: Selection[AnyBaseline]) -> bool:
    """Return whether a baseline is not trained; one that cannot be built fails later."""
    try:
        built = selection.build()
    except PluginError:
        return False
    return isinstance(built, GuardedBaseline) and built.fixed is not None


def _find_control(tasks: Sequence[Selection[AuxTask]]) -> Control:
    """Return the control that a network is by the declarations of its tasks.

    One task with all information makes it a positive control; a negative one has no other task.
    """
    if all(task.offer.control == "none" for task in tasks):
        return "none"
    controls = {"negative" if is_shuffled(t.bound) else t.offer.control for t in tasks}
    if "positive" in controls:
        return "positive"
    return "negative" if controls == {"negative"} else "none"


def _versions(plugins: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the versions that a method's numbers depend on."""
    return {"lnmbench": version("lnmbench"), **dict(plugins)}
