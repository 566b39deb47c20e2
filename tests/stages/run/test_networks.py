"""Networks of a chunk: the search over their candidates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench import Cohort, UserError
from lnmbench.nets import parallel
from lnmbench.nets.fit_results import FitResults
from lnmbench.records import (
    Choice,
    NetworkMethod,
    Plan,
    Protocol,
    Training,
    UnitResult,
)
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.groups import search_groups
from lnmbench.stages.plan.splitting import make_splits
from lnmbench.stages.run.chunk import NetworkChunk, list_fits
from lnmbench.stages.run.networks import network_results, repeat_for_candidates, stack_fits

MakeCohort = Callable[..., Cohort]
MakeNetwork = Callable[..., NetworkMethod]
Search = Callable[..., list[UnitResult]]

QUICK = Training(max_epochs=6, patience=6)
TASK = Choice(name="sex", parameters={"smooth": 0.0})


def planted(mode: str, offers: str) -> Choice:
    return Choice(name="planted", parameters={"mode": mode, "offers": offers})


@pytest.fixture
def small(make_cohort: MakeCohort, plan: Plan) -> tuple[Cohort, Plan]:
    cohort = make_cohort(48)
    truth = cohort.values["n2"].astype(float)
    protocol = Protocol(repeats=2, folds=3, inner=2)
    splits = make_splits(cohort.ids, truth, cohort.ids, protocol)
    return cohort, replace(plan, ids=cohort.ids, truth=truth, protocol=protocol, splits=splits)


@pytest.fixture
def search(small: tuple[Cohort, Plan], planted_registry: Registry) -> Search:
    cohort, plan = small

    def run_search(method: NetworkMethod, plan: Plan = plan, repeat: int = 0) -> list[UnitResult]:
        chunk = NetworkChunk(
            method=method,
            groups=search_groups(method, plan.protocol.seed, planted_registry),
            repeat=repeat,
            plan=plan,
            cohort_file=Path(),
            features=None,
        )
        return network_results(chunk, cohort, planted_registry)

    return run_search


def test_a_better_learning_rate_is_found(search: Search, make_network: MakeNetwork) -> None:
    slow = replace(QUICK, learning_rate=1e-7, head_learning_rate=4e-6)
    results = search(make_network(training=slow, tune=6))
    for found in results:
        assert found.settings["learning_rate"] >= 1e-4
        own, best = found.search[0], min(found.search, key=lambda tried: tried.loss)
        assert best.chosen
        assert dict(best.settings) == found.settings
        assert best.loss < own.loss - 0.01
        assert own.settings["learning_rate"] == slow.learning_rate


def test_what_a_plugin_adds_is_searched_too(search: Search, make_network: MakeNetwork) -> None:
    method = make_network(TASK, weighting=planted("deaf", "deaf+plain"), tune=5)
    for result in search(method):
        modes = [tried.settings["planted.mode"] for tried in result.search]
        assert modes[0] == "deaf"
        assert sorted(modes[1:]) == ["deaf", "deaf", "plain", "plain"]
        assert result.settings["planted.mode"] == "plain"
        # one name for the task, whatever its parameters are
        assert list(result.test) == ["target", "sex:smooth=0.0"]


def test_only_the_chosen_candidate_is_kept_and_all_are_counted(
    search: Search, make_network: MakeNetwork
) -> None:
    for number, result in enumerate(search(make_network(tune=3))):
        assert (result.fits, len(result.search)) == (6, 3)
        assert {epoch.inner for epoch in result.history} == {0, 1}
        assert result.epochs >= 3 * len(result.history) / 2
        chosen = next(tried for tried in result.search if tried.chosen)
        scale = chosen.settings["learning_rate"] / QUICK.learning_rate
        training = replace(
            QUICK, **chosen.settings, head_learning_rate=scale * QUICK.head_learning_rate
        )
        alone = search(make_network(training=training, tune=1))[number]
        losses = [epoch.validation_loss for epoch in alone.history]
        assert [epoch.validation_loss for epoch in result.history] == pytest.approx(
            losses, abs=1e-6
        )


def test_half_of_the_candidates_are_dropped_early_and_the_others_are_as_without(
    search: Search, make_network: MakeNetwork
) -> None:
    method = make_network(tune=5)
    halving = replace(method, training=replace(method.training, search_epochs=2))
    for full, halved in zip(search(method), search(halving), strict=True):
        assert [trial.is_dropped for trial in halved.search].count(True) == 2
        losses = {trial.candidate: trial.losses for trial in full.search}
        survivors = [trial for trial in halved.search if not trial.is_dropped]
        for trial in survivors:
            assert trial.losses == pytest.approx(losses[trial.candidate], abs=1e-6)
        (chosen,) = (trial for trial in halved.search if trial.chosen)
        assert chosen.loss == min(trial.loss for trial in survivors)
        first_epochs = 5 * 2 * 2
        assert first_epochs < halved.epochs < full.epochs + first_epochs
    once = replace(halving, tune=1)
    assert [result.epochs for result in search(once)] == [
        result.epochs for result in search(replace(method, tune=1))
    ]


def test_folds_and_repeats_choose_among_the_same(search: Search, make_network: MakeNetwork) -> None:
    method = make_network(tune=4)
    results = [*search(method), *search(method, repeat=1)]
    tried = [[dict(one.settings) for one in result.search] for result in results]
    assert len(tried) == 6
    assert all(one == tried[0] for one in tried)


def test_test_cases_have_no_say(
    search: Search, make_network: MakeNetwork, small: tuple[Cohort, Plan]
) -> None:
    _, plan = small
    tested = plan.splits.outer[0] == 1
    turned = replace(plan, truth=np.where(tested, 1 - plan.truth, plan.truth))
    before, after = search(make_network(tune=4))[1], search(make_network(tune=4), turned)[1]
    assert after.settings == before.settings
    for a, b in zip(before.search, after.search, strict=True):
        assert a.losses == pytest.approx(b.losses, abs=1e-6)
    np.testing.assert_allclose(after.test["target"], before.test["target"], atol=1e-6)


def test_without_a_search_nothing_of_one_is_kept(search: Search, make_network: MakeNetwork) -> None:
    for result in search(make_network(tune=1)):
        assert result.search == ()
        assert result.settings == {}
        assert result.fits == 2


def test_a_candidate_that_diverges_loses(search: Search, make_network: MakeNetwork) -> None:
    method = make_network(TASK, weighting=planted("broken", "plain"), tune=2)
    for result in search(method):
        assert result.search[0].losses == (np.inf, np.inf)
        assert result.settings["planted.mode"] == "plain"
        assert np.isfinite(result.validation).sum() == 32


@pytest.mark.parametrize(("tune", "words"), [(1, ""), (3, ", with each of 3 settings")])
def test_an_error_says_that_all_candidates_diverged(
    search: Search, make_network: MakeNetwork, tune: int, words: str
) -> None:
    method = make_network(TASK, weighting=planted("broken", "broken"), tune=tune)
    with pytest.raises(UserError, match=f"2 of 2 fits diverged in their first epoch{words} "):
        search(method)


def test_fits_that_diverge_later_are_noted(
    search: Search, make_network: MakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = parallel.train_stack

    def train_and_diverge(*arguments: Any) -> FitResults:
        results = train(*arguments)
        last = replace(results.history[-1], epoch=99, validation_loss=float("nan"))
        return replace(results, history=(*results.history, last))

    monkeypatch.setattr(parallel, "train_stack", train_and_diverge)
    notes = {note for result in search(make_network(tune=1)) for note in result.notes}
    (note,) = notes
    assert note.startswith("1 of 6 fits diverged after a good epoch")


def test_the_weight_of_a_task_multiplies_the_searched_one(
    make_network: MakeNetwork, planted_registry: Registry, small: tuple[Cohort, Plan]
) -> None:
    cohort, plan = small
    fits = stack_fits(cohort, plan, list(list_fits(plan, 0)))

    def weights(tune: int, **parameters: float) -> NDArray[np.float64] | None:
        task = replace(TASK, parameters={**TASK.parameters, **parameters})
        (group, *_) = search_groups(
            replace(make_network(task), tune=tune), plan.protocol.seed, planted_registry
        )
        rows = repeat_for_candidates(fits, group).loss_weights
        return None if rows is None else rows.numpy()

    assert weights(1) is None
    np.testing.assert_array_equal(weights(1, weight=0.5), [[1.0, 0.5]] * len(fits))
    plain, half = weights(4), weights(4, weight=0.5)
    assert plain is not None
    np.testing.assert_allclose(half, plain * [1.0, 0.5])


def test_unlabeled_cases_train_the_tasks(
    make_cohort: MakeCohort, plan: Plan, make_network: MakeNetwork, planted_registry: Registry
) -> None:
    """Labels of cases outside of the plan change a network with the task, and no other."""
    plan = replace(plan, protocol=replace(plan.protocol, train_unlabeled=True))
    cohort = make_cohort(60)
    sex = cohort.values["sex"].copy()
    sex[30:] = 1.0 - sex[30:]
    columns = tuple(column for column in cohort.columns if column.name != "sex")
    features = replace(cohort, columns=columns)  # a label alone, not a feature
    changed = replace(features, values={**cohort.values, "sex": sex})

    def predict(cohort: Cohort, *aux: Choice) -> NDArray[np.float64]:
        method = make_network(*aux, tune=1)
        chunk = NetworkChunk(
            method=method,
            groups=search_groups(method, 0, planted_registry),
            repeat=0,
            plan=plan,
            cohort_file=Path(),
            features=None,
        )
        results = network_results(chunk, cohort, planted_registry)
        predicted = np.full(30, np.nan)
        for result in results:
            tested = ~np.isnan(result.test["target"][:, 0])
            assert len(tested) == len(result.validation) == 30
            predicted[tested] = result.test["target"][tested, 0]
        assert not np.isnan(predicted).any()
        return predicted

    assert np.array_equal(predict(features), predict(changed))
    assert np.abs(predict(features, TASK) - predict(changed, TASK)).max() > 1e-6


def test_an_oracle_learns_from_the_target_of_training_cases_alone(
    small: tuple[Cohort, Plan], make_network: MakeNetwork
) -> None:
    cohort, plan = small
    registry = Registry()
    oracle = registry.aux_tasks.bind(Choice(name="oracle"))
    method = make_network(oracle, training=QUICK, tune=1)
    tested = plan.splits.outer[0] == 0

    def predict(truth: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        chunk = NetworkChunk(
            method=method,
            groups=search_groups(method, plan.protocol.seed, registry),
            repeat=0,
            plan=replace(plan, truth=truth),
            cohort_file=Path(),
            features=None,
        )
        first = network_results(chunk, cohort, registry)[0]
        return first.test["target"], first.test[str(oracle)]

    # all test labels of the fold are reversed: its predictions of target and oracle stay
    reversed_labels = np.where(tested, 1.0 - plan.truth, plan.truth)
    for before, after in zip(predict(plan.truth), predict(reversed_labels), strict=True):
        np.testing.assert_array_equal(before, after)
    # one training label does change them
    changed = plan.truth.copy()
    changed[np.flatnonzero(~tested)[0]] = 1.0 - changed[np.flatnonzero(~tested)[0]]
    assert not np.array_equal(predict(plan.truth)[1], predict(changed)[1])
