"""export: a ledger becomes tidy CSV files that any tool reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from lnmbench.records import Method, Plan, Results
from lnmbench.redaction import file_names_in_run, redact_tree
from lnmbench.stages.report.load_results import distinct
from lnmbench.store import serialization
from lnmbench.store.atomic import new_folder
from lnmbench.store.ledger import LedgerReader


def export(run: Path, folder: Path, results: Results) -> list[Path]:
    """Write splits, predictions, scores, settings, search and manifest of a run to a new folder.

    The folder appears whole or not at all. Raises `UserError` where it exists and is not empty.
    """
    folder = folder.resolve()
    with (
        LedgerReader.open(run) as ledger,
        new_folder(folder, what="export needs a folder of its own") as beside,
    ):
        plan, methods = ledger.plan(), distinct(ledger.methods())
        labels = {method.fingerprint: method.label for method in methods}
        tables: dict[str, Callable[[], pd.DataFrame]] = {
            "splits": lambda: _splits(plan),
            "predictions": lambda: _predictions(ledger, plan, labels),
            "scores": lambda: _scores(results),
            "settings": lambda: _settings(ledger, labels),
            "search": lambda: _search(ledger, labels),
        }
        for name, table in tables.items():
            table().to_csv(beside / f"{name}.csv", index=False)
        manifest = _manifest(ledger, plan, methods)
        (beside / "manifest.json").write_text(manifest, encoding="utf-8")
    return sorted(folder.iterdir())


def _splits(plan: Plan) -> pd.DataFrame:
    """One row for each case in each part: test, and training or validation of each inner fold."""
    frames = []
    for repeat, fold in plan.splits.units():
        inner_of = plan.splits.inner[repeat, fold]
        place = {"repeat": repeat, "fold": fold}
        test = [case for case, inner in zip(plan.ids, inner_of, strict=True) if inner < 0]
        frames.append(pd.DataFrame({**place, "inner": pd.NA, "part": "test", "case": test}))
        for inner in range(plan.protocol.inner):
            rows = [
                (case, "validation" if of == inner else "training")
                for case, of in zip(plan.ids, inner_of, strict=True)
                if of >= 0
            ]
            cases, parts = zip(*rows, strict=True)
            frames.append(pd.DataFrame({**place, "inner": inner, "part": parts, "case": cases}))
    return pd.concat(frames, ignore_index=True)


def _predictions(ledger: LedgerReader, plan: Plan, labels: dict[str, str]) -> pd.DataFrame:
    tested = ledger.frame(
        "SELECT method, repeat, fold, 'test' AS part, case_number, value AS probability"
        " FROM units JOIN predictions USING (unit) WHERE task = 'target'"
    )
    frames = [tested, *(_validation(ledger, plan, method) for method in labels)]
    frame = pd.concat([one for one in frames if len(one)] or [tested], ignore_index=True)
    frame = frame.sort_values(["method", "repeat", "fold", "part", "case_number"])
    cases = frame.pop("case_number").to_numpy().astype(int)
    frame["method"] = frame["method"].map(labels)
    frame.insert(4, "case", [plan.ids[number] for number in cases])
    frame.insert(5, "target", plan.truth[cases].astype(int))
    return frame


def _validation(ledger: LedgerReader, plan: Plan, method: str) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {
                "method": method,
                "repeat": repeat,
                "fold": fold,
                "part": "validation",
                "case_number": np.flatnonzero(plan.splits.outer[repeat] != fold),
                "probability": probabilities,
            }
        )
        for repeat, fold, probabilities in ledger.validation(method)
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _scores(results: Results) -> pd.DataFrame:
    rows = [
        (outcome.method.label, repeat, fold, metric, value)
        for outcome in results.method_results
        for metric, scores in outcome.scores.items()
        for repeat, folds in enumerate(scores.values.tolist())
        for fold, value in enumerate(folds)
    ]
    return pd.DataFrame(rows, columns=["method", "repeat", "fold", "metric", "value"])


def _settings(ledger: LedgerReader, labels: dict[str, str]) -> pd.DataFrame:
    frame = ledger.frame(
        "SELECT method, repeat, fold, fits, epochs, seconds, device_seconds, memory_mb,"
        " settings FROM units WHERE state = 'done' ORDER BY method, repeat, fold"
    )
    frame["method"] = frame["method"].map(labels)
    return frame


def _search(ledger: LedgerReader, labels: dict[str, str]) -> pd.DataFrame:
    """One row for each candidate of each unit; losses are empty where a fit diverged."""
    frame = ledger.frame(
        "SELECT method, repeat, fold, candidate, search.settings, mean_loss, inner_losses, chosen"
        " FROM units JOIN search USING (unit) ORDER BY method, repeat, fold, candidate"
    )
    frame["method"] = frame["method"].map(labels)
    return frame


def _manifest(ledger: LedgerReader, plan: Plan, methods: list[Method]) -> str:
    """The passport, its files without their folders: an export is passed on."""
    facts = {
        "dataset": plan.dataset,
        "cohort_fingerprint": plan.fingerprint,
        "protocol": json.loads(serialization.pack(plan.protocol)),
        "methods": {m.label: json.loads(serialization.pack(m)) for m in methods},
        "notes": list(plan.notes),
        "invocations": ledger.manifests(),
    }
    return (
        json.dumps(
            redact_tree(facts, file_names_in_run(plan.dataset, methods)),
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )
