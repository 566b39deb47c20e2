"""Export of a run as tidy CSV files and a manifest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from lnmbench.records import Method, Plan, Results
from lnmbench.redaction import file_names_in_run, redact_paths, redact_tree
from lnmbench.stages.report.coefficient_files import write_coefficient_files
from lnmbench.stages.report.method_labels import make_labels_unique
from lnmbench.stages.report.result_frames import make_prediction_frame, make_score_frame
from lnmbench.store import serialization
from lnmbench.store.atomic import new_folder
from lnmbench.store.ledger import LedgerReader
from lnmbench.text import format_csv, format_json


def export_run(run: Path, folder: Path, results: Results) -> list[Path]:
    """Write splits, predictions, scores, settings, search and manifest of a run to a new folder.

    The folder appears complete or not at all.

    Parameters
    ----------
    run
        The run directory.
    folder
        The folder to create; it must not exist, or be empty.
    results
        The results of the run, whose scores are written.

    Returns
    -------
    list of Path
        The files of the folder.

    Raises
    ------
    UserError
        If the folder exists and is not empty, or cannot be written.
    """
    folder = folder.resolve()
    with (
        LedgerReader.open(run) as ledger,
        new_folder(folder, what="export needs a new folder", private=True) as temporary_folder,
    ):
        plan, methods = ledger.plan(), make_labels_unique(ledger.methods())
        labels = {method.fingerprint: method.label for method in methods}
        tables: dict[str, Callable[[], pd.DataFrame]] = {
            "splits": lambda: _splits(plan),
            "predictions": lambda: make_prediction_frame(ledger, plan, labels),
            "scores": lambda: make_score_frame(results),
            "settings": lambda: _settings(ledger, labels),
            "search": lambda: _search(ledger, labels),
        }
        if any(result.importance for result in results.method_results):
            tables["importance"] = lambda: _importance(results)
        for name, table in tables.items():
            (temporary_folder / f"{name}.csv").write_text(_format(table()), encoding="utf-8")
        for name, text in write_coefficient_files(results).items():
            (temporary_folder / name).write_text(text, encoding="utf-8")
        manifest = _manifest(ledger, plan, methods)
        (temporary_folder / "manifest.json").write_text(manifest, encoding="utf-8")
    return sorted(folder.iterdir())


def _format(frame: pd.DataFrame) -> str:
    """Return a table as CSV; ids and labels that look like formulas are escaped."""
    columns = [[None if cell is pd.NA else cell for cell in frame[name].tolist()] for name in frame]
    return format_csv([str(name) for name in frame], zip(*columns, strict=True))


def _splits(plan: Plan) -> pd.DataFrame:
    """Return a row for each case in each part: test, training or validation of each inner fold."""
    frames = []
    for repeat, fold in plan.splits.units():
        inner_of = plan.splits.inner[repeat, fold]
        unit = {"repeat": repeat, "fold": fold}
        test = [case for case, fold_ in zip(plan.ids, inner_of, strict=True) if fold_ < 0]
        frames.append(pd.DataFrame({**unit, "inner": pd.NA, "part": "test", "case": test}))
        for inner in range(plan.protocol.inner):
            rows = [
                (case, "validation" if fold_ == inner else "training")
                for case, fold_ in zip(plan.ids, inner_of, strict=True)
                if fold_ >= 0
            ]
            cases, parts = zip(*rows, strict=True)
            frames.append(pd.DataFrame({**unit, "inner": inner, "part": parts, "case": cases}))
    return pd.concat(frames, ignore_index=True)


def _importance(results: Results) -> pd.DataFrame:
    """Return a row for each permuted input of each outer fold."""
    rows = [
        (result.method.label, repeat, fold, each.kind, each.name, each.metric, loss)
        for result in results.method_results
        for each in result.importance
        for repeat, folds in enumerate(each.losses.tolist())
        for fold, loss in enumerate(folds)
    ]
    return pd.DataFrame(
        rows, columns=["method", "repeat", "fold", "kind", "input", "metric", "loss"]
    )


def _settings(ledger: LedgerReader, labels: dict[str, str]) -> pd.DataFrame:
    frame = ledger.frame(
        "SELECT method, repeat, fold, fits, epochs, seconds, device_seconds, memory_mb,"
        " settings FROM units WHERE state = 'done' ORDER BY method, repeat, fold"
    )
    frame["method"] = frame["method"].map(labels)
    return frame


def _search(ledger: LedgerReader, labels: dict[str, str]) -> pd.DataFrame:
    """Return a row for each candidate of each unit; a dropped or diverged one has no mean loss."""
    frame = ledger.frame(
        "SELECT method, repeat, fold, candidate, search.settings, mean_loss, inner_losses, chosen"
        " FROM units JOIN search USING (unit) ORDER BY method, repeat, fold, candidate"
    )
    frame["method"] = frame["method"].map(labels)
    return frame


def _manifest(ledger: LedgerReader, plan: Plan, methods: list[Method]) -> str:
    """Return the manifest as JSON; files lose their folders, as an export is passed on.

    The data set as typed names files, which may name people: its name in the cohort has none.
    """
    invocations = [json.loads(serialization.pack(m)) for m in ledger.manifests()]
    for invocation in invocations:
        options = invocation["options"]
        invocation["options"] = {name: redact_paths(text) for name, text in options.items()}
        if "dataset" in options:
            invocation["options"]["dataset"] = plan.dataset
    manifest = {
        "dataset": plan.dataset,
        "cohort_fingerprint": plan.fingerprint,
        "protocol": json.loads(serialization.pack(plan.protocol)),
        "methods": {m.label: json.loads(serialization.pack(m)) for m in methods},
        "notes": list(plan.notes),
        "invocations": invocations,
    }
    redacted = redact_tree(manifest, file_names_in_run(plan.dataset, methods))
    return format_json(redacted, allow_nan=True)
