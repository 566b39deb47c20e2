"""Baselines of a benchmark: on features of the table, on those of images, or not trained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lnmbench.errors import PluginError, UserError
from lnmbench.records import (
    IMAGE_MODALITY,
    MODALITIES,
    SELECT,
    BaselineMethod,
    Training,
    feature_modalities,
)
from lnmbench.redaction import redact_choice
from lnmbench.registry import AnyBaseline, Selection
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.stages.plan.case_finder import make_case_finder
from lnmbench.stages.plan.encoders import (
    refuse_heads,
    refuse_image_control,
    refuse_no_features,
    refuse_small_boxes,
    refuse_untrainable,
)
from lnmbench.stages.plan.failures import MethodFailure
from lnmbench.stages.plan.fixed_predictions import hash_files, plan_predictions
from lnmbench.stages.plan.image_baselines import (
    refuse_few_folds,
    refuse_images,
    refuse_modalities,
    refuse_model,
    select_parts,
)
from lnmbench.stages.plan.image_tasks import refuse_image_task
from lnmbench.stages.plan.method_builder import MethodBuilder, list_versions
from lnmbench.stages.plan.modalities import refuse_selection, select_features
from lnmbench.stages.plan.resolved_methods import ImageSource, ResolvedBaseline, ResolvedNetwork
from lnmbench.stages.plan.search.groups import search_groups
from lnmbench.stages.plan.weighting import TasksAlone


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineResolver:
    """Builds baselines."""

    builder: MethodBuilder

    def baselines(
        self, selection: Selection[AnyBaseline], sets: tuple[tuple[str, ...], ...] | None
    ) -> Iterator[ResolvedBaseline]:
        """Yield the baseline with the features of each set of modalities, or of all for None.

        A baseline that is not trained gets none.
        """
        if _is_fixed(selection):
            label = self._baseline_label(selection)
            yield from self.builder.attempt(label, self._fixed_baseline, selection)
            return
        for names in sets or (None,):
            yield from self._baselines(selection, names)

    def _baselines(
        self, selection: Selection[AnyBaseline], modalities: tuple[str, ...] | None
    ) -> Iterator[ResolvedBaseline]:
        """Yield the baseline with the features of some modalities, nothing if it has no others."""
        selection = select_features(selection, modalities, self.builder.cohort)
        label = self._baseline_label(selection)
        try:
            built = selection.build()
        except PluginError as fault:
            if fault.deliberate:
                raise
            self.builder.failures.append(MethodFailure(label=label, reason=str(fault)))
            return
        if isinstance(built, GuardedImageBaseline):
            if modalities is None or IMAGE_MODALITY in modalities:
                yield from self.builder.attempt(label, self._image_baseline, selection, built)
        elif modalities != (IMAGE_MODALITY,):
            yield from self.builder.attempt(label, self._baseline, selection, built)

    def _baseline(
        self, selection: Selection[AnyBaseline], baseline: GuardedBaseline
    ) -> ResolvedBaseline:
        features = self.builder.cohort.select_modalities(feature_modalities(selection.bound))
        refuse_no_features(features, f"the baseline {selection.written.name}")
        refuse_selection(selection.bound, self.builder.cohort)
        baseline.candidates()
        baseline.estimator(features.features)  # it may refuse the columns
        method = self._baseline_method(selection)
        versions = {**baseline.versions(), **method.plugins}
        label, notes = baseline.describe()
        modalities = selection.written.parameters.get(MODALITIES)
        if label and modalities:
            label += f" ({MODALITIES}={modalities})"
        method = replace(method, label=label or method.label, plugins=versions)
        return ResolvedBaseline(method=method, baseline=baseline, notes=notes)

    def _fixed_baseline(self, selection: Selection[AnyBaseline]) -> ResolvedBaseline:
        baseline, method = selection.build(), self._baseline_method(selection)
        if (
            not isinstance(baseline, GuardedBaseline)
            or baseline.fixed is None
            or not self.builder.plan
        ):
            raise ValueError("fixed predictions need a plan")
        for parameter in (MODALITIES, SELECT):
            if parameter in selection.bound.parameters:
                raise UserError(
                    f"the baseline {method.label} gets no features of this run",
                    then=f"omit its parameter {parameter}",
                )
        find_case = make_case_finder(self.builder.cohort, self.builder.pseudonyms)
        fixed = plan_predictions(
            baseline.fixed, self.builder.cohort, self.builder.plan, find_case, label=method.label
        )
        method = replace(
            method,
            label=fixed.label,
            trained=False,
            scale=fixed.scale,
            partial=fixed.partial,
            rating_range=fixed.rating_range,
        )
        return ResolvedBaseline(method=method, baseline=baseline, fixed=fixed)

    def _baseline_method(self, selection: Selection[AnyBaseline]) -> BaselineMethod:
        return BaselineMethod(
            label=self._baseline_label(selection),
            baseline=selection.bound,
            plugins=list_versions([selection.version]),
            files=hash_files(selection.bound.parameters),
            estimator=selection.offer.plugin.estimator,
        )

    def _image_baseline(
        self, selection: Selection[AnyBaseline], baseline: GuardedImageBaseline
    ) -> ResolvedBaseline:
        name, parts = selection.written.name, select_parts(baseline, self.builder.registry)
        model = refuse_model(name, parts.model.build())
        refuse_modalities(name, (parts.encoder, parts.model))
        model.candidates()
        encoder, choice = parts.encoder.build(), parts.encoder.bound
        tasks = self.builder.build_tasks(parts.tasks)
        training = self.builder.benchmark.training
        if not tasks:  # of the training, features of a frozen encoder depend on the precision alone
            training = Training(precision=training.precision)
        protocol = self.builder.benchmark.protocol
        refuse_images(name, encoder, choice, tasks, self.builder.cohort, protocol)
        refuse_small_boxes(encoder, choice, self.builder.cohort)
        refuse_image_control(encoder, choice, self.builder.cohort)
        refuse_untrainable(encoder, choice, training)
        refuse_heads(encoder, choice, training)
        for task, chosen in zip(tasks, parts.tasks, strict=True):
            refuse_image_task(chosen.bound.name, task, encoder, choice, self.builder.cohort)
        if tasks:
            refuse_few_folds(name, self.builder.benchmark.inner)
        versions = [parts.encoder.version, *(task.version for task in parts.tasks)]
        network = self.builder.make_network(
            self.builder.label_images(
                str(parts.spell(selection.written, encoder.weights)), encoder
            ),
            parts.encoder,
            encoder,
            parts.tasks,
            training=training,
            plugins=list_versions(versions),
        )
        method = BaselineMethod(
            label=network.label,
            baseline=parts.spell(selection.bound, encoder.weights),
            plugins={
                **model.versions(),
                **list_versions([selection.version, parts.model.version, *versions]),
            },
            files=hash_files(parts.model.bound.parameters),
            network=network,
            estimator=parts.model.offer.plugin.estimator,
        )
        resolved = ResolvedNetwork(
            method=network,
            encoder=parts.encoder,
            tasks=tasks,
            weighting=TasksAlone(),
            groups=search_groups(network, self.builder.benchmark.seed, self.builder.registry),
            rows=self.builder.match_rows_of(parts.encoder, encoder),
        )
        images = ImageSource(baseline=baseline, network=resolved)
        return ResolvedBaseline(method=method, baseline=model, images=images)

    def _baseline_label(self, selection: Selection[AnyBaseline]) -> str:
        return str(redact_choice(selection.written))


def _is_fixed(selection: Selection[AnyBaseline]) -> bool:
    """Return whether a baseline is not trained; one that cannot be built fails later."""
    try:
        built = selection.build()
    except PluginError:
        return False
    return isinstance(built, GuardedBaseline) and built.fixed is not None
