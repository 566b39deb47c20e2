"""What is needed to make the numbers again: versions, protocol, settings, the command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lnmbench.records import (
    WINDOW_HU,
    Block,
    Cell,
    Method,
    MethodResult,
    NetworkMethod,
    Paragraph,
    Preprocessing,
    Results,
    TableColumn,
    Training,
)
from lnmbench_report.asked import command, differing, typed, without_folders
from lnmbench_report.by_method import by_method
from lnmbench_report.marks import cohort_name
from lnmbench_report.printed import counted

ARMS = (
    TableColumn(key="settings", heading="Settings", align="left"),
    TableColumn(key="fingerprint", heading="Fingerprint", align="left"),
)


class Passport:
    """What the run was, and the full settings of each method."""

    order = 80

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return sentences on the run and a table of the methods."""
        run = Paragraph(
            key="manifest",
            title="What was run",
            lines=(*(f"{what}: {text}" for what, text in _facts(results)), *_notes(results)),
        )
        arms = by_method(
            results,
            results.method_results,
            lambda outcome: [_cells(outcome)],
            key="methods",
            title="Settings of the methods",
            columns=ARMS,
            notes=(f"Training by default: {', '.join(typed(Training()))}.",),
        )
        return [run, *arms]


def _facts(results: Results) -> Iterator[tuple[str, str]]:
    protocol, methods = results.protocol, [outcome.method for outcome in results.method_results]
    yield "Cohort", f"{cohort_name(results.cohort)}, fingerprint {results.fingerprint}"
    yield "Protocol", f"{protocol} (repeats × outer folds × inner folds), target {protocol.target}"
    yield "Seed", str(protocol.seed)
    yield "Primary metrics", ", ".join(results.primary_metrics)
    if results.preprocessing and any(map(_sees_images, methods)):
        yield "Images", _images(results.preprocessing)
    yield from _of_invocations(results.invocations)
    plugins = {f"{name} {version}" for one in methods for name, version in one.plugins.items()}
    if plugins:
        yield "Plugins", ", ".join(sorted(plugins))


def _of_invocations(runs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    environments = [run["environment"] for run in runs if run.get("environment")]
    for what, said in _of_environments(environments):
        if said:
            yield what, "; ".join(said)
    if runs:
        yield "When", _when([str(run["created"]) for run in runs])
    for text in dict.fromkeys(command(run) for run in runs):
        yield "Command", text


def _of_environments(found: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """What all of them say, each thing once."""
    yield "lnmbench", _distinct(one.get("lnmbench") for one in found)
    yield "Source", _distinct(one.get("git_commit") for one in found)
    yield "Python", _distinct(one.get("python") for one in found)
    yield "Packages", _distinct(_packages(one.get("packages", {})) for one in found)
    yield "Device", _distinct(one.get("device") for one in found)
    yield "Machine", _distinct(_machine(one) for one in found)
    yield "Threads", _distinct(one.get("threads") for one in found)


def _distinct(values: Iterable[object]) -> list[str]:
    return list(dict.fromkeys(str(value) for value in values if value))


def _packages(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items() if version)


def _machine(environment: Mapping[str, Any]) -> str:
    processors = counted(int(environment.get("cpu_count", 0)), "core", "cores")
    memory = f"{environment.get('memory_gb', 0.0):g} GB"
    named = (environment.get("platform"), environment.get("processor"), processors, memory)
    return ", ".join(str(one) for one in named if one)


def _images(how: Preprocessing) -> str:
    spacing = " × ".join(f"{one:g}" for one in how.spacing_mm)
    air = f"{how.air_hu}".replace("-", "−")
    return f"{spacing} mm, patches of {how.patch} × {how.patch} pixels, {air} HU outside"


def _when(times: Sequence[str]) -> str:
    first, last = (f"{one[:16].replace('T', ' ')} UTC" for one in (min(times), max(times)))
    if first == last:
        return first
    return f"{first} to {last}, {counted(len(times), 'invocation', 'invocations')}"


def _sees_images(method: Method) -> bool:
    return isinstance(method, NetworkMethod) and method.level != "none"


def _cells(outcome: MethodResult) -> tuple[Cell, ...]:
    settings = "; ".join(_settings(outcome.method))
    return Cell(text=settings), Cell(text=outcome.method.fingerprint)


def _settings(method: Method) -> Iterator[str]:
    if not isinstance(method, NetworkMethod):
        yield f"baseline {without_folders(method.baseline)}"
        return
    yield f"encoder {without_folders(method.encoder)}"
    if method.weights.source != "none":
        digest = f", SHA-256 {method.weights.sha256}" if method.weights.sha256 else ""
        yield f"weights {method.weights.source}{digest}"
    if _sees_images(method):
        low, high = (f"{one:g}".replace("-", "−") for one in method.window_hu)
        yield f"window {low} to {high} HU"
    yield f"aux {' + '.join(str(without_folders(one)) for one in method.aux) or 'none'}"
    if method.weighting:
        yield f"weighting {method.weighting}"
    yield f"training {', '.join(differing(method.training)) or 'as default'}"
    yield f"tuned among {method.tune}" if method.tune > 1 else "not tuned"


def _notes(results: Results) -> Iterator[str]:
    if not results.invocations:
        return
    yield (
        "The command names every arm with each of its parameters that is not empty; settings of "
        "the training, primary metrics, spacing and patch stand in it where they are not the "
        "default. Files stand without their folders, and a data set without the places where its "
        "files lie: these are yours to give, and so are the files of --plugin. Where ids were "
        "replaced (--pseudonymize), it takes the same key file, which no report can tell."
    )
    networks = (o.method for o in results.method_results if isinstance(o.method, NetworkMethod))
    if any(network.window_hu != WINDOW_HU for network in networks):
        yield "The window is no option of the command; it stands in a benchmark file."
