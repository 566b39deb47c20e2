"""Parts that methods share: their tasks, the record of a network, and failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import ParamSpec, TypeVar

from lnmbench.config import Benchmark
from lnmbench.contracts import AuxTask, Encoder, OwnGrid, PrecomputedFeatures
from lnmbench.errors import PluginError, UserError
from lnmbench.records import (
    Choice,
    Cohort,
    Control,
    NetworkMethod,
    Plan,
    Region,
    Resources,
    Training,
    image_control,
    is_shuffled,
)
from lnmbench.redaction import redact_choice
from lnmbench.registry import Registry, Selection
from lnmbench.stages.ingest import Pseudonyms
from lnmbench.stages.plan.aux_tasks import LabelSource, build_task, refuse_labels
from lnmbench.stages.plan.failures import MethodFailure
from lnmbench.stages.plan.matched_rows import MatchedRows, match_rows
from lnmbench.stages.plan.resources import resolve_precision

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodBuilder:
    """Builder of the parts of methods.

    `tasks` are the auxiliary tasks built so far, which methods share; `failures` are the methods
    that cannot be built because of a plugin. Other fields are as in `resolve_methods`.
    """

    benchmark: Benchmark
    registry: Registry
    cohort: Cohort
    source: LabelSource | None
    resources: Resources
    plan: Plan | None = None
    pseudonyms: Pseudonyms | None = None
    tasks: dict[str, AuxTask] = field(default_factory=dict)
    failures: list[MethodFailure] = field(default_factory=list)

    def attempt(
        self, label: str, resolve: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> Iterator[R]:
        """Yield a method, or nothing after a fault of one of its plugins."""
        try:
            yield resolve(*args, **kwargs)
        except PluginError as fault:
            if fault.deliberate:
                raise
            self.failures.append(MethodFailure(label=label, reason=str(fault)))

    def build_tasks(self, selections: Sequence[Selection[AuxTask]]) -> tuple[AuxTask, ...]:
        """Return auxiliary tasks, each built once for all methods.

        Raises `UserError` for a task that is named twice or has no labels.
        """
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

    def match_rows_of(self, selection: Selection[Encoder], encoder: Encoder) -> MatchedRows | None:
        """Return the rows of precomputed features, None for an encoder of images."""
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
            optional=None if self.benchmark.missing_images == "refuse" else ~cohort.case_has_images,
            pseudonyms=self.pseudonyms,
        )

    def region_of(self, encoder: Encoder) -> Region:
        """Return the region of the cohort's images; `tumor` for a network without them."""
        has_no_images = encoder.level == "none" or isinstance(encoder, PrecomputedFeatures)
        return "tumor" if has_no_images else self.cohort.preprocessing.region

    def label_images(self, label: str, encoder: Encoder) -> str:
        """Return the label of an encoder, which names images that are whole scans."""
        return f"{label} (whole scan)" if self.region_of(encoder) == "none" else label

    def make_network(
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
        """Return the record of a network.

        Parameters
        ----------
        label
            Its name in tables.
        selection, encoder
            The encoder.
        tasks
            The auxiliary tasks.
        training
            The training settings.
        plugins
            The versions of `list_versions`.
        weighting
            The weighting; None for one task.
        tune
            The number of settings that the inner folds choose among.
        """
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
            region=self.region_of(encoder),
        )
        precise = resolve_precision(
            training,
            encodes=encoder.level != "none" and not isinstance(encoder, PrecomputedFeatures),
            trained_from=method.trained_from,
            resources=self.resources,
        )
        return replace(method, training=precise)


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


def list_versions(plugins: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the versions that a method's numbers depend on."""
    return {"lnmbench": version("lnmbench"), **dict(plugins)}
