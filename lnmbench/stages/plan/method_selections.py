"""Selection of the methods of a benchmark: those that are named, and their references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lnmbench import choices
from lnmbench.config import Benchmark, Sweep
from lnmbench.contracts import AuxTask, Encoder, Weighting
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError, nearest
from lnmbench.records import (
    KEEP,
    KEEP_SEED,
    SHUFFLED,
    Choice,
    image_control,
    is_shuffled,
    shuffle,
    strip_image_control,
)
from lnmbench.registry import AnyBaseline, Registry, Selection
from lnmbench.text import plural

DEFAULT_ENCODER = choices.parse(DEFAULTS.encoder)
WITHOUT_IMAGES = choices.parse(DEFAULTS.encoder_without_images)
DEFAULT_AUX = choices.parse_all(DEFAULTS.aux)
DEFAULT_BASELINE = choices.parse(DEFAULTS.baseline)
DEFAULT_WEIGHTING = choices.parse(DEFAULTS.weighting)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSelections:
    """The selections of all methods, and of the baselines.

    There is a method for each encoder and set of auxiliary tasks and, with tasks, each weighting.
    `without_images` replaces an encoder of images for modalities without them.
    """

    encoders: tuple[Selection[Encoder], ...]
    aux: tuple[tuple[Selection[AuxTask], ...], ...]
    weightings: tuple[Selection[Weighting], ...]
    baselines: tuple[Selection[AnyBaseline], ...]
    without_images: Selection[Encoder]


def select_methods(benchmark: Benchmark, registry: Registry) -> MethodSelections:
    """Return the selections of the methods that are named and, unless `only`, of references.

    The references of a network with auxiliary tasks are the same network without them, and the
    baselines; that of an image control is the same encoder with unchanged images. The negative
    controls of a network have the same tasks with labels permuted by the seeds 1, 2, …; a network
    of which some labels are permuted already, or that is a control, has none. With them come the
    positive controls: a network with each task that plugins offer as one.

    Raises
    ------
    UserError
        For unknown names and parameters, for a benchmark without any method, and for controls or a
        sweep of no task.
    """
    only = benchmark.only
    encoders = benchmark.encoder or (DEFAULT_ENCODER,)
    named = benchmark.aux if benchmark.aux is not None else [() if only else DEFAULT_AUX]
    aux = [_join_values(tasks, registry) for tasks in named]
    if benchmark.sweep is not None:
        aux = _sweep(aux, benchmark.sweep, registry)
    if not only and () not in aux:
        aux.append(())
    if only and benchmark.encoder is None and benchmark.aux is None:
        encoders, aux = (), []
    baselines = benchmark.baseline or (() if only else (DEFAULT_BASELINE,))
    if not aux and not baselines:
        raise UserError(
            "the benchmark names no method", then="name one with --encoder, --aux or --baseline"
        )
    aux += _list_controls(aux, benchmark.controls, registry)
    return MethodSelections(
        weightings=tuple(map(registry.weightings.select, benchmark.weighting)),
        encoders=tuple(map(registry.encoders.select, _add_unchanged(encoders, only=only))),
        aux=tuple(tuple(_select_task(task, registry) for task in tasks) for tasks in aux),
        baselines=tuple(map(registry.baselines.select, baselines)),
        without_images=registry.encoders.select(WITHOUT_IMAGES),
    )


def select_tasks(text: str, registry: Registry) -> tuple[Selection[AuxTask], ...]:
    """Return the selections of the auxiliary tasks of `pt+size`; none for an empty text.

    Parameters
    ----------
    text
        The tasks, as on the command line.
    registry
        The plugins that offer them.
    """
    tasks = _join_values(choices.parse_all(text), registry) if text else ()
    return tuple(_select_task(task, registry) for task in tasks)


def _select_task(choice: Choice, registry: Registry) -> Selection[AuxTask]:
    if choice.name not in {offer.name for offer in registry.aux_tasks.offers()}:
        from lnmbench.lexicon.stage_group import is_overall_stage  # slow to import

        if is_overall_stage(choice.name):
            raise UserError(
                f"{choice.name[:40]!r} is no auxiliary task",
                expected="a task whose label does not contain the target",
                got="the overall stage, which contains the N category",
                then="name a task with the T category alone",
            )
    return registry.aux_tasks.select(choice)


def _add_unchanged(encoders: Sequence[Choice], *, only: bool) -> list[Choice]:
    """Return encoders and, unless `only`, those of image controls with unchanged images."""
    changed = [] if only else [each for each in encoders if image_control(each) != "none"]
    by_key = {choice.key: choice for choice in (*encoders, *map(strip_image_control, changed))}
    return list(by_key.values())


def _join_values(tasks: Sequence[Choice], registry: Registry) -> tuple[Choice, ...]:
    """Return tasks, with names of no task as further parts of the value before them.

    `signs:names=spiculation+lobulation` is one task if no task is called lobulation, and the last
    parameter of `signs` is a text.
    """
    offered = {offer.name: offer for offer in registry.aux_tasks.offers()}
    joined: list[Choice] = []
    for task in tasks:
        before = joined[-1] if joined else Choice(name="")
        last = list(before.parameters)[-1] if before.parameters else ""
        parameters = offered[before.name].parameters if before.name in offered else ()
        is_text = any(p.name == last and p.annotation is str for p in parameters)
        if is_text and task.name not in offered and not task.parameters:
            value = f"{before.parameters[last]}+{task.name}"
            joined[-1] = replace(before, parameters={**before.parameters, last: value})
        else:
            joined.append(task)
    return tuple(joined)


def _sweep(
    task_sets: Sequence[tuple[Choice, ...]], sweep: Sweep, registry: Registry
) -> list[tuple[Choice, ...]]:
    """Return each set of tasks with each value of a parameter that every task has."""
    name = sweep.parameter
    known = [p.name for p in registry.aux_tasks.parameters if p.name != SHUFFLED]
    if name not in known:
        raise UserError(
            f"cannot sweep {name!r}",
            expected=f"a parameter of every auxiliary task: {', '.join(known)}",
            then=f"for {SHUFFLED}, use --controls" if name == SHUFFLED else nearest(name, known),
        )
    if not any(task_sets):
        raise UserError(f"no auxiliary task to sweep {name} of", then="name a task with --aux")
    for task in (task for tasks in task_sets for task in tasks):
        if name in task.parameters:
            raise UserError(
                f"aux task {task} sets {name}, which the sweep {sweep} varies",
                then=f"omit {name} of the task, or the sweep",
            )
    return [
        tuple(_set_parameter(task, name, value, registry) for task in tasks)
        for tasks in task_sets
        for value in (sweep.values if tasks else (None,))
    ]


def _set_parameter(task: Choice, name: str, value: object, registry: Registry) -> Choice:
    """Return a task with a parameter, without it if the value is its default.

    A task with all of its labels needs no seed of their choice.
    """
    changed = replace(task, parameters={**task.parameters, name: value})
    if name in registry.aux_tasks.bind(changed).parameters:
        return changed
    idle = KEEP_SEED if name == KEEP else ""
    return replace(task, parameters={n: v for n, v in task.parameters.items() if n != idle})


def _list_controls(
    task_sets: Sequence[tuple[Choice, ...]], count: int, registry: Registry
) -> list[tuple[Choice, ...]]:
    """Return `count` negative controls of each set of tasks, and the positive controls.

    All tasks of a set are permuted by one seed.
    """
    control_of = {offer.name: offer.control for offer in registry.aux_tasks.offers()}
    tested = [
        tasks
        for tasks in task_sets
        if any(control_of.get(task.name, "none") == "none" for task in tasks)
        and not any(is_shuffled(t) or control_of.get(t.name) == "positive" for t in tasks)
    ]
    if not count:
        return []
    if not tested:
        raise UserError(
            f"{plural(count, 'negative control')} without an auxiliary task to permute",
            then="name a task with --aux, or omit --controls",
        )
    positive = [
        (Choice(name=name),) for name, control in control_of.items() if control == "positive"
    ]
    return [
        *(
            tuple(shuffle(task, seed) for task in tasks)
            for tasks in tested
            for seed in range(1, count + 1)
        ),
        *(tasks for tasks in positive if tasks not in task_sets),
    ]
