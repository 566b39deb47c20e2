"""Selection of networks and cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.stages.explain.selection import choose_cases, choose_networks
from lnmbench.stages.report import read_results


@pytest.fixture
def chosen(bench: Any, transformer_run: Path) -> tuple[Any, Any, Any]:
    """The results, their networks, and a cohort whose last case has no images."""
    results = read_results(transformer_run, bench.registry)
    networks = choose_networks(results, ())
    counts = np.full(results.n, 2)
    counts[-1] = 0

    class Offsets:
        offsets = np.concatenate([[0], np.cumsum(counts)])

    return results, networks, Offsets()


def choose(chosen: tuple[Any, Any, Any], numbers: tuple[int, ...] = (), most: int = 4) -> list[int]:
    results, networks, cohort = chosen
    return choose_cases(results, networks, cohort, np.arange(results.n), numbers, most)


def test_the_most_wrongly_and_the_most_rightly_ranked_cases_are_chosen(
    chosen: tuple[Any, Any, Any],
) -> None:
    results, networks, cohort = chosen
    truth, outer = results.truth, results.outer[0]
    p = np.mean([network.predicted[0] for network in networks], axis=0)
    known = np.where(truth == 1, 1.0, 0.0)  # certain predictions: two cases are on the wrong side
    positive, negative = (int(np.flatnonzero((truth == y) & (outer == 0))[0]) for y in (1, 0))
    known[[positive, negative]] = [-1.0, 2.0]
    certain = [replace(networks[0], predicted=np.stack([known + 0 * p]))]
    cases = choose((results, certain, cohort))
    assert set(cases[:2]) == {positive, negative}
    assert len(set(cases)) == 4
    assert results.n - 1 not in choose(chosen, most=results.n)
    assert len(choose(chosen, most=results.n)) == results.n - 1
    assert len(choose(chosen, most=1)) == 1


def test_named_cases_keep_their_order(chosen: tuple[Any, Any, Any]) -> None:
    assert choose(chosen, (5, 2, 5)) == [5, 2]
    with pytest.raises(UserError, match="no case -1"):
        choose(chosen, (-1,))
    with pytest.raises(UserError, match="case 23 has no images"):
        choose(chosen, (23,))


def test_networks_are_named_by_their_labels(chosen: tuple[Any, Any, Any]) -> None:
    results, networks, _ = chosen
    second = choose_networks(results, [networks[1].method.label])
    assert [each.method.label for each in second] == ["middle + pt (best of 2)"]
    several = replace(results, outcomes=type("Outcomes", (), {"names": ("a", "b")})())
    with pytest.raises(UserError, match=r"one outcome, got 2 outcomes"):
        choose_networks(several, ())
