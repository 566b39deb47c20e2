"""The tables of the hyperparameter search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from lnmbench_report.search.tables import Trials, Tuning

from lnmbench.records import (
    BaselineMethod,
    Choice,
    Method,
    MethodResult,
    NetworkMethod,
    Protocol,
    Results,
    Search,
    Table,
    Trial,
    Weights,
)
from lnmbench.rendering import FORMATS, render
from lnmbench.testing.sample_results import empty_results

PROTOCOL = Protocol(repeats=1, folds=5)
NETWORK = NetworkMethod(
    label="net",
    encoder=Choice(name="none"),
    level="none",
    weights=Weights(source="none"),
    tune=3,
)
LOGISTIC = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


def tried(number: int, **settings: object) -> Trial:
    return Trial(candidate=number, settings=settings, losses=(0.5,), chosen=True)


RATES = (1e-3, 5e-4, 2.5e-3, 5e-4, 1e-3)
NETWORK_SEARCH = Search(
    candidates=3,
    initial={"learning_rate": 5e-4, "token_dim": 64, "planted.mode": None},
    chosen=tuple(
        tried(
            1 if rate == 5e-4 else 2,
            learning_rate=rate,
            token_dim=64 if rate == 5e-4 else 128,
            **{"planted.mode": None if rate == 5e-4 else "loud"},
        )
        for rate in RATES
    ),
)
GRID = Search(
    candidates=2,
    initial={"C": 0.001},
    chosen=tuple(tried(2, C=value) for value in (0.1, 0.1, 10.0)),
)


def make_results(*searches: tuple[Method, Search | None], done: int = 5) -> Results:
    return replace(
        empty_results(),
        protocol=PROTOCOL,
        n=10,
        positives=5,
        method_results=tuple(
            MethodResult(method=method, units_done=done, units_all=5, search=search)
            for method, search in searches
        ),
    )


def make_table(results: Results) -> Table:
    (table,) = Tuning()(results)
    assert isinstance(table, Table)
    return table


def test_every_setting_that_was_tried_is_shown_with_its_loss() -> None:
    losses = {1: (0.5, 0.7, 0.6), 2: (0.4, 0.5, 0.3), 3: (math.inf, 0.5, 0.4), 4: ()}
    trials_with_losses = tuple(
        Trial(candidate=number, settings={"dropout": number / 10, "token_dim": 64}, losses=values)
        for number, values in losses.items()
    )
    searched = replace(NETWORK_SEARCH, trials=trials_with_losses, dropped=(0, 0, 0, 2))
    (table,) = Trials()(make_results((NETWORK, searched), (LOGISTIC, GRID)))
    assert isinstance(table, Table)
    assert [row[1:] for row in words(table.rows)] == [
        ["1", "dropout=0.1, token_dim=64", ".600", "2 of 5"],
        ["2", "dropout=0.2, token_dim=64", ".400", "3 of 5"],
        ["3", "dropout=0.3, token_dim=64", "–", "0 of 5"],
        ["4", "dropout=0.4, token_dim=64", "dropped in 2 of 5", "0 of 5"],
    ]
    assert not Trials()(make_results((NETWORK, searched), done=4))


def words(rows: Sequence[Sequence[object]]) -> list[list[str]]:
    return [[str(getattr(cell, "text", "")) for cell in row] for row in rows]


def test_numbers_have_a_median_and_a_range_and_all_else_is_counted() -> None:
    table = make_table(make_results((NETWORK, NETWORK_SEARCH)))
    assert words(table.rows) == [
        ["net", "all as given", "–", "in 2 of 5 folds"],
        ["net", "learning_rate", "0.0005", "0.001 (0.0005 to 0.0025)"],
        ["net", "token_dim", "64", "64: 2, 128: 3"],
        ["net", "planted.mode", "none", "loud: 3, none: 2"],
    ]
    rate = table.rows[1][3]
    assert (rate.value, rate.low, rate.high) == (1e-3, 5e-4, 2.5e-3)
    assert table.rows[0][3].value == 0.4
    assert "3 settings" in table.notes[1]


def test_a_baselines_grid_has_nothing_that_was_given() -> None:
    table = make_table(make_results((LOGISTIC, GRID)))
    assert words(table.rows) == [["logistic", "C", "–", "0.1 (0.1 to 10)"]]
    assert len(table.notes) == 1


def test_what_searched_nothing_or_is_not_complete_has_no_table() -> None:
    assert not Tuning()(make_results((NETWORK, None)))
    assert not Tuning()(make_results((NETWORK, NETWORK_SEARCH), done=4))
    assert len(make_table(make_results((LOGISTIC, GRID), (NETWORK, None))).rows) == 1


def test_rows_belong_to_their_method_and_titles_carry_no_number() -> None:
    both = make_results((NETWORK, NETWORK_SEARCH), (LOGISTIC, GRID))
    (table,) = [block for block in Tuning()(both) if isinstance(block, Table)]
    assert [key for (key,) in table.methods] == [NETWORK.fingerprint] * 4 + [LOGISTIC.fingerprint]
    assert table.title == "Settings chosen on the inner folds"


def test_every_format_prints_the_table() -> None:
    blocks = Tuning()(make_results((NETWORK, NETWORK_SEARCH), (LOGISTIC, GRID)))
    for name in FORMATS:
        text = render(blocks, name)
        assert "in 2 of 5 folds" in text, name
        assert "0.0025" in text, name
