"""Selection of methods, repeats and outcomes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lnmbench import UserError
from lnmbench.records import Choice
from lnmbench.stages.explain.selection import choose_methods, choose_outcomes, choose_repeat
from lnmbench.stages.report import read_results


@pytest.fixture
def results(bench: Any, ordinal_run: Path) -> Any:
    """The results of networks, a control and baselines."""
    return read_results(ordinal_run, bench.registry)


def labels(methods: Any) -> list[str]:
    return [each.method.label for each in methods]


def test_networks_are_explained_unless_the_user_names_others(results: Any) -> None:
    assert labels(choose_methods(results, ())) == ["middle", "middle + pt"]
    pooled, two_stage = labels(results.method_results)[:2]
    control = "middle + pt:shuffled=1"
    named = [control, two_stage, control]
    assert labels(choose_methods(results, named)) == [control, two_stage]
    without = [r for r in results.method_results if r.method.label in (pooled, two_stage)]
    chosen = choose_methods(replace(results, method_results=tuple(without)), ())
    assert labels(chosen) == [pooled, two_stage]


def test_methods_that_cannot_be_explained_are_refused_with_the_reason(results: Any) -> None:
    first, *others = results.method_results
    network = first.method.network

    def refuse(method: Any, **fields: Any) -> str:
        changed = replace(first, method=replace(method, label="x"), **fields)
        with pytest.raises(UserError) as refusal:
            choose_methods(replace(results, method_results=(changed, *others)), ["x"])
        return str(refusal.value)

    with pytest.raises(UserError, match="of 'y': no method has this label .*expected .*middle"):
        choose_methods(results, ["y"])
    assert "of 'x': it has no images" in refuse(replace(first.method, network=None))
    noise = Choice(name="middle", parameters={"control": "noise"})
    message = refuse(replace(network, encoder=noise))
    assert "its images are changed (control=noise)" in message
    assert "3 of 4 units are finished" in refuse(first.method, units_done=3)
    with pytest.raises(UserError, match="the run has no complete method with images"):
        choose_methods(replace(results, method_results=()), ())


def test_repeats_are_counted_from_one(results: Any) -> None:
    assert [choose_repeat(results, number) for number in (1, 2)] == [0, 1]
    for number in (0, 3):
        with pytest.raises(UserError, match=rf"no repeat {number} .*a number from 1 to 2"):
            choose_repeat(results, number)
    once = replace(results, protocol=replace(results.protocol, repeats=1))
    with pytest.raises(UserError, match="no repeat 2 .*1, the only one"):
        choose_repeat(once, 2)


def test_the_outcome_with_most_cases_of_the_rarer_class_is_the_default(results: Any) -> None:
    assert choose_outcomes(results, ()) == [0]
    assert choose_outcomes(results, ("N2 or higher", "N1 or higher", "N2 or higher")) == [1, 0]
    with pytest.raises(UserError, match="no outcome 'N9': expected N1 or higher, N2 or higher"):
        choose_outcomes(results, ("N9",))
    binary = replace(results, outcomes=None)
    assert choose_outcomes(binary, ()) == [0]
    with pytest.raises(UserError, match="no outcome 'N1'.*omit --outcome"):
        choose_outcomes(binary, ("N1",))
