"""The contract suite: what every plugin's object must do. Plugin authors run it on their own.

Examples
--------
>>> from lnmbench.registry import Registry
>>> from lnmbench.records import Choice
>>> registry = Registry()
>>> check_contract("metric", registry.metrics.build(Choice(name="auc")))
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any, get_args

import numpy as np

from lnmbench.contracts import (
    AuxTask,
    Baseline,
    Check,
    Comparison,
    Dataset,
    Encoder,
    Metric,
    ReportReader,
    Target,
    Thresholded,
    Tunable,
    Weighting,
)
from lnmbench.records import UNCODED_ROLES, Card, Cohort, Column, Label, Pair

NODES = ("N0", "N1", "N2", "N3")
REPORTS = (
    "Spiculated mass in the right upper lobe, 3.2 x 2.1 cm. No pleural effusion.",
    "右肺上叶见大小约3.2cm×2.1cm肿块影，边缘可见毛刺。未见胸腔积液。",
)
NO_YES = ("no", "yes")
STAGES = ("T1a", "T1b", "T1c", "T2a", "T2b", "T3", "T4")


def check_contract(role: str, made: Any, *, cohort: Cohort | None = None) -> None:
    """Check an object of a role (`encoder`, `aux task`, …).

    `cohort` is what targets and auxiliary tasks are asked about; `sample_cohort()` without one.
    Raises `AssertionError` with what is wrong. Roles without a check pass.
    """
    checks: dict[str, Callable[[Any, Cohort], None]] = {
        "dataset": _dataset,
        "report reader": _report_reader,
        "target": _target,
        "encoder": _encoder,
        "aux task": _aux_task,
        "weighting": _weighting,
        "baseline": _baseline,
        "metric": _metric,
        "comparison": _comparison,
        "check": _check,
    }
    if role in checks:
        checks[role](made, cohort if cohort is not None else sample_cohort())


def sample_cohort(n: int = 40) -> Cohort:
    """Return a clinical cohort in memory, with some labels and features missing."""
    random = np.random.default_rng(0)
    columns = (
        Column(name="id", role="id"),
        Column(name="age", role="feature", unit="a"),
        Column(name="sex", role="feature", kind="nominal", categories=("f", "m")),
        Column(name="pn", role="target", kind="ordinal", label="pn", categories=NODES),
        Column(name="pt", role="aux", kind="ordinal", label="pt", categories=STAGES, known="after"),
        Column(
            name="subcarinal", role="target", kind="binary", label="station_7", categories=NO_YES
        ),
    )
    ids = tuple(f"case-{number}" for number in range(n))
    values = {
        "id": np.array(ids),
        "age": random.normal(60, 9, n),
        "sex": random.integers(0, 2, n).astype(float),
        "pn": random.integers(0, 4, n).astype(float),
        "pt": random.integers(0, 7, n).astype(float),
        "subcarinal": random.integers(0, 2, n).astype(float),
    }
    for name in ("age", "sex", "pn", "pt", "subcarinal"):
        values[name][random.integers(0, n, 3)] = np.nan
    card = Card(title="sample", license="none", source="made", citation="none", labels="made")
    return Cohort(
        name="sample",
        ids=ids,
        columns=columns,
        values=values,
        offsets=np.zeros(n + 1, dtype=np.int64),
        card=card,
        fingerprint="0" * 32,
    )


def _dataset(made: Dataset, cohort: Cohort) -> None:
    first, second = list(made.cases()), list(made.cases())
    assert first, "there are no cases"
    ids = [case.id for case in first]
    assert ids == [case.id for case in second], "the order of the cases changes"
    assert len(set(ids)) == len(ids), "ids are not unique"
    named = {column.name for column in made.columns}
    assert len(named) == len(made.columns), "two columns have one name"
    for case in first:
        assert set(case.values) <= named, f"case {case.id} has values without a column"
        for column in made.columns:
            if column.role not in UNCODED_ROLES:
                column.encode(case.values.get(column.name), where=case.id)
    assert made.card.license, "the card has no license"
    assert made.card.citation, "the card has no citation"
    assert all(path.is_file() for path in made.sources), "a source is not a file"


def _report_reader(made: ReportReader, cohort: Cohort) -> None:
    columns = {column.name: column for column in made.columns}
    assert len(columns) == len(made.columns), "two columns have one name"
    for column in made.columns:
        assert column.role == "feature", f"{column.name} is no feature"
        assert column.known == "before", f"{column.name} is not known before surgery"
    assert not made.read(""), "an empty report gives findings"
    for text in REPORTS:
        found = made.read(text)
        assert set(found) <= set(columns), "a finding has no column"
        for name, finding in found.items():
            assert finding.words, f"{name} was found in no words"
            assert finding.words in text, f"the words of {name} do not stand in the report"
            assert not np.isnan(columns[name].encode(finding.value)), f"{name} has no value"


def _target(made: Target, cohort: Cohort) -> None:
    labels = made.labels(cohort)
    assert labels.shape == (len(cohort),), f"labels have the shape {labels.shape}"
    assert set(np.unique(labels[~np.isnan(labels)])) <= {0.0, 1.0}, "labels are not 0, 1 and NaN"
    assert all(isinstance(note, str) for note in made.notes(cohort))


def _encoder(made: Encoder, cohort: Cohort) -> None:
    import torch

    stages = made.stages()
    if made.level == "none":
        assert made.out_dim == 0
        return
    shape = (3, 1, 5, 64, 64) if made.level == "volume" else (3, 1, 64, 64)
    slices = torch.linspace(-1, 1, math.prod(shape)).view(shape)
    with torch.inference_mode():
        together, alone = stages(slices), stages(slices[1:2])
    assert together.shape == (3, made.out_dim), f"features have the shape {tuple(together.shape)}"
    assert not stages.training, "the stages are not in eval mode"
    close = torch.allclose(together[1:2], alone, rtol=1e-3, atol=1e-3)
    assert close, "a slice's features depend on the slices beside it"


def _aux_task(made: AuxTask, cohort: Cohort) -> None:
    import torch

    targets = torch.from_numpy(made.targets(cohort)).float()
    n = len(cohort)
    assert len(targets) == n, f"targets have the shape {tuple(targets.shape)}"
    unknown = torch.isnan(targets).reshape(n, -1).any(1)
    filled = torch.nan_to_num(targets, nan=0.0)
    logits = torch.linspace(-2, 2, n * made.outputs).view(n, made.outputs).requires_grad_()
    losses = made.loss(logits, filled)
    assert losses.shape == (n,), f"the loss has the shape {tuple(losses.shape)}: do not reduce it"
    stack = [logits.detach(), logits.detach().flip(0)]
    stacked = made.loss(torch.stack(stack), filled.expand(2, *filled.shape))
    expected = torch.stack([made.loss(one, filled) for one in stack])
    assert torch.allclose(stacked, expected, atol=1e-5), "a leading model axis changes the loss"
    torch.autograd.backward(losses.sum())
    assert logits.grad is not None
    assert bool(torch.isfinite(logits.grad).all()), "gradients are not finite"
    assert bool(torch.isfinite(losses[~unknown]).all()), "losses are not finite"
    assert made.probabilities(logits).shape == logits.shape
    assert all(isinstance(note, str) for note in made.notes(cohort))
    _space(made)


def _weighting(made: Weighting, cohort: Cohort) -> None:
    import torch

    tasks = ("target", "pt", "size")
    start = torch.tensor([list(made.learned(tasks))] * 4)
    losses = torch.rand(4, 3, generator=torch.Generator().manual_seed(0)) + 0.1
    combined = made.combine(losses, start)
    assert combined.shape == (4,), f"combined losses have the shape {tuple(combined.shape)}"
    alone = made.combine(losses[1:2], start[1:2])
    assert torch.allclose(combined[1:2], alone), "a model's loss depends on the other models"
    _space(made)


def _space(made: object) -> None:
    if not isinstance(made, Tunable):
        return
    for name, values in made.space().items():
        assert isinstance(name, str), "a parameter to search has no name"
        assert len(list(values)), f"there are no values of {name} to search"


def _baseline(made: Baseline, cohort: Cohort) -> None:
    from sklearn.pipeline import Pipeline

    from lnmbench.clinical import feature_frame

    candidates = made.candidates()
    assert candidates, "there are no candidates, not even a default: return [{}]"
    frame = feature_frame(cohort, np.arange(len(cohort)))
    truth = np.arange(len(cohort)) % 2
    for candidate in (candidates[0], candidates[-1]):
        model = made.estimator(cohort.features)
        last = model[-1] if isinstance(model, Pipeline) else model
        last.set_params(**candidate)
        p = model.fit(frame, truth).predict_proba(frame)
        assert p.shape == (len(cohort), 2), f"probabilities have the shape {p.shape}"
        assert np.isfinite(p).all(), "probabilities are not finite"


def _metric(made: Metric, cohort: Cohort) -> None:
    truth = np.array([0.0, 0.0, 1.0, 1.0])
    good, bad = np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.9, 0.8, 0.2, 0.1])
    assert made.title
    assert set(made.kinds) <= set(get_args(Label)), f"kinds are {made.kinds}"
    assert made.kinds, "it scores no kind of label"
    low, high = made.bounds
    if "binary" not in made.kinds:
        return
    values = [made(truth, good), made(truth, bad)]
    if isinstance(made, Thresholded):
        threshold = made.threshold(truth, good)
        values = [made(truth, good, threshold), made(truth, bad, threshold)]
    there = [value for value in values if not math.isnan(value)]
    assert all(low <= value <= high for value in there), f"values {values} leave the bounds"
    if len(there) == len(values):
        wrong = values[0] < values[1] if made.greater_is_better else values[0] > values[1]
        assert not wrong, "greater_is_better is the wrong way round"


def _check(made: Check, cohort: Cohort) -> None:
    assert made.title, "it has no title"
    assert made.severity in ("warning", "error"), f"the severity is {made.severity}"
    assert made.remedy, "it says nothing to do"
    assert made.__doc__, "it is not documented"


def _comparison(made: Comparison, cohort: Cohort) -> None:
    random = np.random.default_rng(0)
    scores = random.normal(0.7, 0.05, (3, 5))
    fold = np.tile(np.arange(40) % 5, (3, 1)).astype(np.int16)
    shared: dict[str, Any] = {
        "metric": "auc",
        "method_a": "a",
        "method_b": "b",
        "a": scores,
        "truth": (np.arange(40) % 2).astype(float),
        "predicted_a": random.random((3, 40)),
        "predicted_b": random.random((3, 40)),
        "fold": fold,
    }
    found = made(Pair(b=scores + random.normal(0.02, 0.02, (3, 5)), **shared))
    assert found is not None, "the AUC is not compared"
    assert found.low <= found.estimate <= found.high, "the estimate is outside its interval"
    pickle.dumps(found)
    alike = {**shared, "method_b": "c", "predicted_b": shared["predicted_a"]}
    same = made(Pair(b=scores, **alike))
    assert same is not None, "the AUC is not compared"
    if math.isnan(found.pvalue):
        masses = (found.worse, found.equivalent, found.better)
        assert math.isclose(sum(masses), 1.0), f"the probabilities are {masses}"
        assert same.equivalent == 1.0, "two equal methods differ"
        return
    assert 0.0 <= found.pvalue <= 1.0, f"the p value is {found.pvalue}"
    assert same.pvalue == 1.0, "two equal methods differ"
