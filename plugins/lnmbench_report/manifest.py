"""The manifest of a run: versions, protocol, settings of the methods, and the command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Block,
    Cell,
    Environment,
    Manifest,
    Method,
    MethodResult,
    NetworkMethod,
    Paragraph,
    Preprocessing,
    Results,
    TableColumn,
    Training,
    image_network,
)
from lnmbench.records.method import WINDOW_HU
from lnmbench.redaction import redact_choice, redact_data_set
from lnmbench.results import describe_target, merge_summarized_controls
from lnmbench.text import plural
from lnmbench_report.method_table import make_method_table
from lnmbench_report.rerun_command import (
    format_command,
    is_object,
    list_changed_settings,
    list_settings,
)

COLUMNS = (
    TableColumn(key="settings", heading="Settings", align="left"),
    TableColumn(key="fingerprint", heading="Fingerprint", align="left"),
)


class RunManifest:
    """The manifest of the run, and all settings of each method."""

    group: SectionGroup = "provenance"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return sentences on the run and a table of the methods."""
        lines = (f"{subject}: {text}" for subject, text in _describe_run(results))
        run = Paragraph(
            key="manifest", title="Run manifest", lines=(*lines, *_write_notes(results))
        )
        listed = merge_summarized_controls(results)
        methods = make_method_table(
            listed,
            listed.method_results,
            lambda result: [_make_cells(result)],
            key="methods",
            title="Settings of the methods",
            columns=COLUMNS,
            notes=(f"Default training: {', '.join(list_settings(Training()))}.",),
        )
        return [run, *methods]


def _describe_run(results: Results) -> Iterator[tuple[str, str]]:
    protocol, methods = results.protocol, [result.method for result in results.method_results]
    yield "Cohort", f"{redact_data_set(results.cohort)}, fingerprint {results.fingerprint}"
    target = f"target {describe_target(results)}"
    yield "Protocol", f"{protocol} (repeats × outer folds × inner folds), {target}"
    yield "Seed", str(protocol.seed)
    yield "Primary metrics", ", ".join(results.primary_metrics)
    if protocol.margins:
        yield "Margins", ", ".join(f"{metric}={margin:g}" for metric, margin in protocol.margins)
    has_images = results.profile is None or results.profile.near_duplicates is not None
    if results.preprocessing and has_images and any(map(_uses_images, methods)):
        yield "Images", _describe_preprocessing(results.preprocessing)
    networks = filter(None, map(image_network, methods))
    grids = {n.encoder.name: n.grid for n in networks if n.grid is not None}
    if grids:
        yield "Grids", "; ".join(f"{name}: {grid.describe()}" for name, grid in grids.items())
    yield from _describe_invocations(results.invocations)
    plugins = {f"{name} {version}" for m in methods for name, version in m.plugins.items()}
    if plugins:
        yield "Plugins", ", ".join(sorted(plugins))


def _describe_invocations(runs: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    environments = [run.environment for run in runs if run.environment]
    for subject, values in _describe_environments(environments):
        if values:
            yield subject, "; ".join(values)
    if runs:
        yield "Time", _describe_times([run.created for run in runs])
    for text in dict.fromkeys(format_command(run) for run in runs):
        yield "Command", text or "none, since each method is an object that was passed from Python"
    objects = [_describe_object(m) for run in runs for m in run.methods if is_object(m)]
    for text in dict.fromkeys(objects):
        yield "Object from Python", text


def _describe_object(method: Method) -> str:
    description = "" if isinstance(method, NetworkMethod) else method.estimator
    return f"{method.label} = {description}"


def _describe_environments(
    environments: Sequence[Environment],
) -> Iterator[tuple[str, list[str]]]:
    """Yield each property with its distinct values over the environments."""
    yield "lnmbench", _list_distinct(e.lnmbench for e in environments)
    yield "Source", _list_distinct(e.git_commit for e in environments)
    yield "Python", _list_distinct(e.python for e in environments)
    yield "Packages", _list_distinct(_format_packages(e.packages) for e in environments)
    yield "Device", _list_distinct(e.device for e in environments)
    yield "Machine", _list_distinct(_describe_machine(e) for e in environments)
    yield "Threads", _list_distinct(e.threads for e in environments)


def _list_distinct(values: Iterable[object]) -> list[str]:
    return list(dict.fromkeys(str(value) for value in values if value))


def _format_packages(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items() if version)


def _describe_machine(environment: Environment) -> str:
    cores, memory = plural(environment.cpu_count, "core"), f"{environment.memory_gb:g} GB"
    parts = (environment.platform, environment.processor, cores, memory)
    return ", ".join(part for part in parts if part)


def _describe_preprocessing(preprocessing: Preprocessing) -> str:
    spacing = " × ".join(f"{mm:g}" for mm in preprocessing.spacing_mm)
    air = f"{preprocessing.air_hu}".replace("-", "−")
    patch = f"{preprocessing.patch} × {preprocessing.patch}"
    allowed = ", implausible HU allowed" if preprocessing.allow_implausible else ""
    mm = preprocessing.native_mm
    native = f", the CT at its own resolution within {mm:g} mm of the tumor" if mm else ""
    whole = f"{preprocessing.slices} slices of the whole scan, " * (preprocessing.region == "none")
    return f"{spacing} mm, {whole}patches of {patch} pixels, {air} HU outside{native}{allowed}"


def _describe_times(times: Sequence[str]) -> str:
    first, last = (f"{time[:16].replace('T', ' ')} UTC" for time in (min(times), max(times)))
    if first == last:
        return first
    return f"{first} to {last}, {plural(len(times), 'invocation')}"


def _uses_images(method: Method) -> bool:
    return image_network(method) is not None


def _make_cells(result: MethodResult) -> tuple[Cell, ...]:
    settings = "; ".join(_list_method_settings(result.method))
    return Cell(text=settings), Cell(text=result.method.fingerprint)


def _list_method_settings(method: Method) -> Iterator[str]:
    if not isinstance(method, NetworkMethod):
        yield f"baseline {redact_choice(method.baseline, recorded=True)}"
        if method.estimator:
            yield f"object from Python {method.estimator}"
        if method.network is not None:
            yield from _list_network_settings(method.network)
        return
    yield from _list_network_settings(method)
    if method.weighting:
        yield f"weighting {method.weighting}"
    yield f"hyperparameter search over {method.tune} settings" if method.tune > 1 else "no search"


def _list_network_settings(method: NetworkMethod) -> Iterator[str]:
    yield f"encoder {redact_choice(method.encoder, recorded=True)}"
    if method.weights.source != "none":
        digest = f", SHA-256 {method.weights.sha256}" if method.weights.sha256 else ""
        yield f"weights {method.weights.source}{digest}"
    if _uses_images(method):
        low, high = (f"{hu:g}".replace("-", "−") for hu in method.window_hu)
        yield f"window {low} to {high} HU"
    tasks = " + ".join(str(redact_choice(choice, recorded=True)) for choice in method.aux)
    yield f"aux {tasks or 'none'}"
    yield f"training {', '.join(list_changed_settings(method.training)) or 'as default'}"


def _write_notes(results: Results) -> Iterator[str]:
    if not results.invocations:
        return
    yield (
        "The command has every method with each of its parameters. It has "
        "training settings, primary metrics, spacing and patch only if they differ from the "
        "defaults. It has the names of files without their folders, and a data set without the "
        "paths of its files: add them, and the files of --plugin. If ids were replaced "
        "(--pseudonymize), pass the same key file, which no report contains."
    )
    methods = [method for run in results.invocations for method in run.methods]
    if any(map(is_object, methods)):
        yield (
            "The command has no object that was passed from Python: to repeat the run with it, "
            "call lnmbench.run with an equal object."
        )
    networks = filter(None, (image_network(r.method) for r in results.method_results))
    if any(n.window_hu != WINDOW_HU and n.grid is None for n in networks):
        yield "The command has no option for the window: set it in a benchmark file."
