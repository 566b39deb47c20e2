"""Inner search: what is tried, what an outer fold takes, and what of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lnmbench import Cohort, UserError
from lnmbench.config import Benchmark
from lnmbench.contracts import Progress
from lnmbench.records import (
    Choice,
    NetworkMethod,
    Plan,
    Protocol,
    RunFolders,
    Table,
    Training,
    Trial,
    UnitResult,
    Weights,
)
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.candidates import make_candidates
from lnmbench.stages.plan.search.groups import group_candidates, search_groups
from lnmbench.stages.plan.search.space import SPACE
from lnmbench.stages.plan.splitting import make_splits
from lnmbench.stages.report import build_blocks, export_run, read_results
from lnmbench.stages.run import run_benchmark as stage
from lnmbench.stages.run.chunk import NetworkChunk
from lnmbench.stages.run.networks import network_results
from lnmbench.stages.run.search.best_candidate import mark_best

MakeCohort = Callable[..., Cohort]
Search = Callable[..., list[UnitResult]]

PLUGIN = '''
from typing import Literal
import torch
from torch.nn import functional
from lnmbench import hookimpl

class Planted:
    """A weighting that hears nothing of the target, unless the search finds out."""

    def __init__(
        self, mode: Literal["deaf", "plain", "broken"] = "deaf", offers: str = "deaf+plain"
    ) -> None:
        self.mode, self.offers = mode, offers

    def space(self):
        return {"mode": self.offers.split("+")} if self.offers else {}

    def learned(self, tasks):
        return ()

    def combine(self, losses, learned):
        return losses[:, 0] * {"deaf": 0.0, "plain": 1.0, "broken": float("nan")}[self.mode]

class Sex:
    """Sex as an auxiliary task."""

    title, kind, outputs = "sex", "binary", 1

    def __init__(self, smooth: float = 0.0) -> None:
        self.smooth = smooth

    def space(self):
        return {"smooth": [0.1]}

    def targets(self, cohort):
        return cohort.values["sex"]

    def notes(self, cohort):
        return ()

    def loss(self, logits, targets):
        smooth = targets * (1 - self.smooth) + self.smooth / 2
        return functional.binary_cross_entropy_with_logits(logits[..., 0], smooth, reduction="none")

    def probabilities(self, logits):
        return torch.sigmoid(logits)

class Nowhere(Planted):
    """A weighting whose space has a parameter that it does not have."""

    def space(self):
        return {"temperature": [1.0, 2.0]}

@hookimpl
def register_weightings():
    return {"planted": Planted, "nowhere": Nowhere}

@hookimpl
def register_aux_tasks():
    return {"sex": Sex}
'''

QUICK = Training(max_epochs=6, patience=6)
NONE = Choice(name="none", parameters={"train": "none"})
IMAGES = Choice(name="resnet18", parameters={"train": "none"})
TASK = Choice(name="sex", parameters={"smooth": 0.0})
FIXED = Choice(name="fixed", parameters={"aux": 1.0})


def network(
    *aux: Choice, tune: int = 4, weighting: Choice = FIXED, **changed: object
) -> NetworkMethod:
    method = NetworkMethod(
        label="a network",
        encoder=NONE,
        level="none",
        weights=Weights(source="none"),
        aux=aux,
        weighting=weighting if aux else None,
        training=QUICK,
        tune=tune,
    )
    return replace(method, **changed)  # type: ignore[arg-type]  # of a test


def planted(mode: str, offers: str) -> Choice:
    return Choice(name="planted", parameters={"mode": mode, "offers": offers})


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    path = tmp_path / "planted.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return Registry([str(path)])


@pytest.fixture
def small(make_cohort: MakeCohort, plan: Plan) -> tuple[Cohort, Plan]:
    cohort = make_cohort(48)
    truth = cohort.values["n2"].astype(float)
    protocol = Protocol(repeats=2, folds=3, inner=2)
    splits = make_splits(cohort.ids, truth, cohort.ids, protocol)
    return cohort, replace(plan, ids=cohort.ids, truth=truth, protocol=protocol, splits=splits)


@pytest.fixture
def search(small: tuple[Cohort, Plan], registry: Registry) -> Search:
    cohort, plan = small

    def searched(method: NetworkMethod, plan: Plan = plan, repeat: int = 0) -> list[UnitResult]:
        chunk = NetworkChunk(
            method=method,
            groups=search_groups(method, plan.protocol.seed, registry),
            repeat=repeat,
            plan=plan,
            cohort_file=Path(),
            features=None,
        )
        return network_results(chunk, cohort, registry)

    return searched


def names(method: NetworkMethod, registry: Registry) -> set[str]:
    return set(make_candidates(method, 0, registry)[0].settings)


def test_a_network_searches_what_acts_in_it(registry: Registry) -> None:
    always = {"learning_rate", "weight_decay", "dropout"}
    slices = {"encoder": IMAGES, "level": "slice"}
    trained = Choice(name="resnet18", parameters={"train": "layer4"})
    assert names(network(), registry) == always
    assert names(network(TASK), registry) == always | {"aux_weight", "sex.smooth"}
    assert names(network(**slices), registry) == always | {"token_dim"}
    literal = replace(QUICK, token_dim=None)
    assert names(network(**slices, training=literal), registry) == always
    tuned = names(network(**{**slices, "encoder": trained}), registry)
    assert tuned == always | {"token_dim", "encoder_learning_rate"}


def test_the_first_candidate_is_what_was_given_and_the_others_are_in_range(
    registry: Registry,
) -> None:
    method = network(encoder=IMAGES, level="slice", tune=40, training=replace(QUICK, heads=32))
    first, *others = make_candidates(method, 0, registry)
    assert dict(first.settings) == {
        "learning_rate": QUICK.learning_rate,
        "weight_decay": QUICK.weight_decay,
        "dropout": QUICK.dropout,
        "token_dim": QUICK.token_dim,
    }
    assert [candidate.number for candidate in others] == list(range(2, 41))
    ranges = {dimension.name: dimension for dimension in SPACE}
    for name in ("learning_rate", "weight_decay", "dropout"):
        values = np.array([candidate.settings[name] for candidate in others])
        low, high = ranges[name].low, ranges[name].high
        assert ((values >= low) & (values <= high)).all()
        middle = np.sqrt(low * high) if ranges[name].log else (low + high) / 2
        assert 15 <= (values < middle).sum() <= 24, f"{name} is not spread evenly"
    assert {candidate.settings["token_dim"] for candidate in others} == {32, 64, 128}
    of_64_heads = replace(method, training=replace(QUICK, heads=64))
    widths = {c.settings["token_dim"] for c in make_candidates(of_64_heads, 0, registry)}
    assert widths == {64, 128}


def test_arms_are_compared_over_the_same_settings(registry: Registry) -> None:
    alone = make_candidates(network(tune=8), 5, registry)
    beside = make_candidates(network(TASK, tune=8), 5, registry)
    images = make_candidates(network(TASK, tune=8, encoder=IMAGES, level="slice"), 5, registry)
    for a, b, c in zip(alone, beside, images, strict=True):
        assert a.settings.items() <= b.settings.items() <= c.settings.items()
    other_seed = make_candidates(network(tune=8), 6, registry)
    assert other_seed[0] == alone[0]
    assert other_seed[1:] != alone[1:]
    longer = make_candidates(network(tune=12), 5, registry)
    assert longer[:8] == alone


def test_settings_that_can_share_a_stack_do(registry: Registry) -> None:
    clinical = network(tune=8)
    assert len(search_groups(clinical, 0, registry)) == 1
    images = network(TASK, tune=20, encoder=IMAGES, level="slice")
    found = group_candidates(images, make_candidates(images, 0, registry))
    seen = {(group.method.training.token_dim, *map(str, group.method.aux)) for group in found}
    assert len(found) == len(seen) == 4  # the given one, and three widths with smooth=0.1
    assert sum(len(group.candidates) for group in found) == 20


def test_an_encoder_that_is_trained_gets_the_rate_that_is_written_down(registry: Registry) -> None:
    trained = Choice(name="resnet18", parameters={"train": "layer4"})
    method = network(encoder=trained, level="slice", tune=4)
    for group in search_groups(method, 0, registry):
        (candidate,) = group.candidates
        pace = group.method.training.encoder_learning_rate / group.method.training.learning_rate
        rate = pace * candidate.settings["learning_rate"]
        assert rate == pytest.approx(candidate.settings["encoder_learning_rate"])


def test_a_better_learning_rate_is_found(search: Search) -> None:
    slow = replace(QUICK, learning_rate=1e-7, head_learning_rate=4e-6)
    results = search(network(training=slow, tune=6))
    alone = search(network(training=slow, tune=1))
    for found, given in zip(results, alone, strict=True):
        assert found.settings["learning_rate"] >= 1e-4
        own, best = found.search[0], min(found.search, key=lambda tried: tried.loss)
        assert best.chosen
        assert dict(best.settings) == found.settings
        assert best.loss < own.loss - 0.01
        reached = [min(e.validation_loss for e in given.history if e.inner == i) for i in (0, 1)]
        assert own.losses == pytest.approx(reached, abs=1e-6)


def test_what_a_plugin_adds_is_searched_too(search: Search) -> None:
    method = network(TASK, weighting=planted("deaf", "deaf+plain"), tune=5)
    for result in search(method):
        modes = [tried.settings["planted.mode"] for tried in result.search]
        assert modes[0] == "deaf"
        assert sorted(modes[1:]) == ["deaf", "deaf", "plain", "plain"]
        assert result.settings["planted.mode"] == "plain"
        # one name for the task, whatever its parameters are
        assert list(result.test) == ["target", "sex:smooth=0.0"]


def test_a_plugin_that_offers_what_it_does_not_take_is_told(registry: Registry) -> None:
    nowhere = replace(planted("deaf", ""), name="nowhere")
    with pytest.raises(UserError, match="nowhere has no parameter 'temperature'"):
        make_candidates(network(TASK, weighting=nowhere), 0, registry)
    with pytest.raises(UserError, match="wrong value for mode.*deaf | plain"):
        make_candidates(network(TASK, weighting=planted("deaf", "loud")), 0, registry)


def test_only_the_chosen_candidate_is_kept_and_all_are_counted(search: Search) -> None:
    for result in search(network(tune=3)):
        assert (result.fits, len(result.search)) == (6, 3)
        assert {epoch.inner for epoch in result.history} == {0, 1}
        assert result.epochs >= 3 * len(result.history) / 2
        chosen = next(tried for tried in result.search if tried.chosen)
        for inner, loss in enumerate(chosen.losses):
            losses = [e.validation_loss for e in result.history if e.inner == inner]
            assert min(losses) == pytest.approx(loss, abs=1e-6)


def test_of_equal_candidates_the_earlier_one_wins_whenever_it_was_tried() -> None:
    losses = {3: (0.5, 0.7), 1: (0.9, np.inf), 4: (0.9, 0.9), 2: (0.6, 0.6)}
    tried = [Trial(candidate=i, settings={}, losses=own) for i, own in losses.items()]
    found = mark_best(tried)
    assert [one.candidate for one in found] == [1, 2, 3, 4]
    assert [one.candidate for one in found if one.chosen] == [2]


def test_folds_and_repeats_choose_among_the_same(search: Search) -> None:
    method = network(tune=4)
    results = [*search(method), *search(method, repeat=1)]
    tried = [[dict(one.settings) for one in result.search] for result in results]
    assert len(tried) == 6
    assert all(one == tried[0] for one in tried)


def test_test_cases_have_no_say(search: Search, small: tuple[Cohort, Plan]) -> None:
    _, plan = small
    tested = plan.splits.outer[0] == 1
    turned = replace(plan, truth=np.where(tested, 1 - plan.truth, plan.truth))
    before, after = search(network(tune=4))[1], search(network(tune=4), turned)[1]
    assert after.settings == before.settings
    for a, b in zip(before.search, after.search, strict=True):
        assert a.losses == pytest.approx(b.losses, abs=1e-6)
    np.testing.assert_allclose(after.test["target"], before.test["target"], atol=1e-6)


def test_without_a_search_nothing_of_one_is_kept(search: Search) -> None:
    for result in search(network(tune=1)):
        assert result.search == ()
        assert result.settings == {}
        assert result.fits == 2


def test_a_candidate_that_diverges_loses(search: Search) -> None:
    method = network(TASK, weighting=planted("broken", "plain"), tune=2)
    for result in search(method):
        assert result.search[0].losses == (np.inf, np.inf)
        assert result.settings["planted.mode"] == "plain"
        assert np.isfinite(result.validation).sum() == 32


@pytest.mark.parametrize(("tune", "words"), [(1, ""), (3, ", with each of 3 settings")])
def test_where_all_diverge_the_user_is_told(search: Search, tune: int, words: str) -> None:
    method = network(TASK, weighting=planted("broken", "broken"), tune=tune)
    with pytest.raises(UserError, match=f"2 of 2 fits diverged in their first epoch{words} "):
        search(method)


def test_search_goes_from_the_command_to_ledger_report_and_export(
    home: Path, silent: Progress, tmp_path: Path
) -> None:
    registry = Registry()
    benchmark = Benchmark(
        dataset="synthetic:n=60,images=False",  # type: ignore[arg-type]  # as a user writes it
        encoder="none",  # type: ignore[arg-type]
        aux="pt",  # type: ignore[arg-type]
        repeats=1,
        folds=2,
        inner=2,
        training=QUICK,
        tune=3,
    )
    folder = stage.run(
        benchmark,
        registry,
        folders=RunFolders(home=home, out=tmp_path / "out"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )
    results = read_results(folder, registry)
    searches = {outcome.method.label: outcome.search for outcome in results.method_results}
    assert {label: one and one.candidates for label, one in searches.items()} == {
        "logistic": 8,
        "clinical network (best of 3)": 3,
        "clinical network + pt (best of 3)": 3,
    }
    table = next(block for block in build_blocks(results, registry) if block.key == "tuning")
    assert isinstance(table, Table)
    assert {row[1].text for row in table.rows} >= {"C", "learning_rate", "aux_weight"}

    export_run(folder, tmp_path / "csv", results)
    rows = pd.read_csv(tmp_path / "csv" / "search.csv")
    assert len(rows) == 2 * (8 + 3 + 3)
    best = rows.loc[rows.groupby(["method", "repeat", "fold"])["mean_loss"].idxmin()]
    assert best["chosen"].eq(1).all()
    assert rows["chosen"].sum() == len(best)
    settings = pd.read_csv(tmp_path / "csv" / "settings.csv")
    merged = best.merge(settings, on=["method", "repeat", "fold"])
    assert (merged["settings_x"] == merged["settings_y"]).all()
