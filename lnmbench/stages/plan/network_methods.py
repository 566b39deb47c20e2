"""Networks of a benchmark: encoders with each set of auxiliary tasks and each weighting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench.contracts import AuxTask, Encoder, ImageTask, Weighting
from lnmbench.errors import PluginError
from lnmbench.records import (
    CLINICAL_MODALITY,
    IMAGE_MODALITY,
    Weights,
    feature_modalities,
    image_control,
    is_shuffled,
)
from lnmbench.redaction import redact_choice
from lnmbench.registry import Selection
from lnmbench.stages.plan.encoders import (
    refuse_cohort,
    refuse_heads,
    refuse_image_control,
    refuse_untrainable,
)
from lnmbench.stages.plan.failures import MethodFailure
from lnmbench.stages.plan.image_tasks import refuse_image_task
from lnmbench.stages.plan.matched_rows import MatchedRows
from lnmbench.stages.plan.method_builder import MethodBuilder, list_versions
from lnmbench.stages.plan.method_selections import DEFAULT_WEIGHTING, MethodSelections
from lnmbench.stages.plan.modalities import select_features
from lnmbench.stages.plan.resolved_methods import ResolvedNetwork
from lnmbench.stages.plan.search.groups import search_groups
from lnmbench.stages.plan.weighting import TargetOnly


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkResolver:
    """Builds the networks of the selections."""

    selections: MethodSelections
    builder: MethodBuilder

    def networks(
        self,
        selection: Selection[Encoder],
        modalities: tuple[str, ...] | None,
        *,
        drops_images: bool = False,
    ) -> Iterator[ResolvedNetwork]:
        """Yield the networks of an encoder with the features of some modalities.

        Parameters
        ----------
        selection
            The encoder.
        modalities
            The modalities; None for all features and no choice.
        drops_images
            Whether these networks replace those of an encoder of images: there is none for a set
            with a task that learns from images.
        """
        try:
            selection = select_features(selection, modalities, self.builder.cohort)
            encoder = selection.build()
            has_images = encoder.level != "none"
            if modalities is not None and has_images and IMAGE_MODALITY not in modalities:
                if image_control(selection.bound) == "none":
                    without_images = self.selections.without_images
                    yield from self.networks(without_images, modalities, drops_images=True)
                return
            if modalities == (IMAGE_MODALITY,) and not has_images:
                return
            weights, training = encoder.weights, self.builder.benchmark.training
            features = self.builder.cohort.select_modalities(feature_modalities(selection.bound))
            protocol = self.builder.benchmark.protocol
            refuse_cohort(encoder, selection.written, features, protocol)
            refuse_image_control(encoder, selection.bound, self.builder.cohort)
            refuse_untrainable(encoder, selection.bound, training)
            refuse_heads(encoder, selection.written, training)
            rows = self.builder.match_rows_of(selection, encoder)
        except PluginError as fault:
            if fault.deliberate:
                raise
            labels = [self._label(selection, None, *parts) for parts in self._task_sets(selection)]
            self.builder.failures.extend(
                MethodFailure(label=each, reason=str(fault)) for each in labels
            )
            return
        for parts in self._task_sets(selection):
            if drops_images and self._learn_from_images(parts[0]):
                continue
            label = self._label(selection, weights, *parts, encoder=encoder)
            yield from self.builder.attempt(
                label, self._network, label, selection, encoder, rows, *parts
            )

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

    def _learn_from_images(self, tasks: Sequence[Selection[AuxTask]]) -> bool:
        try:
            built = self.builder.build_tasks(tasks)
        except PluginError:  # the method itself records the fault
            return False
        return any(isinstance(task, ImageTask) for task in built)

    def _network(
        self,
        label: str,
        selection: Selection[Encoder],
        encoder: Encoder,
        rows: MatchedRows | None,
        tasks: Sequence[Selection[AuxTask]],
        weighting: Selection[Weighting] | None,
    ) -> ResolvedNetwork:
        training = self.builder.benchmark.training
        built = self.builder.build_tasks(tasks)
        for task, chosen in zip(built, tasks, strict=True):
            refuse_image_task(
                chosen.bound.name, task, encoder, selection.bound, self.builder.cohort
            )
        versions = [selection.version, *(task.version for task in tasks)]
        if weighting is not None:
            versions.append(weighting.version)
        method = self.builder.make_network(
            label,
            selection,
            encoder,
            tasks,
            training=training,
            weighting=None if weighting is None else weighting.bound,
            tune=self.builder.benchmark.tune,
            plugins=list_versions(versions),
        )
        return ResolvedNetwork(
            method=method,
            encoder=selection,
            tasks=built,
            weighting=TargetOnly() if weighting is None else weighting.build(),
            groups=search_groups(method, self.builder.benchmark.seed, self.builder.registry),
            rows=rows,
        )

    def _name_clinical_network(self, selection: Selection[Encoder]) -> str:
        modalities = feature_modalities(selection.written)
        if modalities is None and set(self.builder.cohort.modalities) <= {CLINICAL_MODALITY}:
            return "clinical network"
        names = self.builder.cohort.modalities if modalities is None else modalities
        return f"network on {'+'.join(names)}"

    def _label(
        self,
        selection: Selection[Encoder],
        weights: Weights | None,
        tasks: Sequence[Selection[AuxTask]],
        weighting: Selection[Weighting] | None,
        *,
        encoder: Encoder | None = None,
    ) -> str:
        network = str(redact_choice(selection.written, weights))
        if encoder is not None and encoder.level == "none":
            network = self._name_clinical_network(selection)
        elif encoder is not None:
            network = self.builder.label_images(network, encoder)
        parts = [network]
        parts += [str(redact_choice(task.written)) for task in tasks]
        if weighting is not None and weighting.written != DEFAULT_WEIGHTING:
            parts.append(str(redact_choice(weighting.written)))
        tune = self.builder.benchmark.tune
        return " + ".join(parts) + (f" (best of {tune})" if tune > 1 else "")
