from __future__ import annotations

import numpy as np
import pytest
from lnmbench_embeddings.rows import FeatureRows, arrange_rows, read_numbers

from lnmbench import UserError


def rows(ids: str, slices: list[float] | None = None) -> FeatureRows:
    features = np.arange(2.0 * len(ids), dtype=np.float32).reshape(-1, 2)
    numbers = None if slices is None else np.array(slices)
    return FeatureRows(ids=tuple(ids), features=features, slices=numbers)


def test_slices_are_sorted_within_their_case() -> None:
    arranged = arrange_rows(rows("baab", [9, 30, 4, 8]), "e.npz", numbered=True)
    assert arranged.ids == ("b", "b", "a", "a")
    np.testing.assert_array_equal(arranged.features, [[6, 7], [0, 1], [4, 5], [2, 3]])


def test_rows_without_numbers_stay() -> None:
    given = rows("baab")
    assert arrange_rows(given, "e.npz", numbered=True) is given


@pytest.mark.parametrize(
    ("slices", "match"),
    [
        ([1, 1, 1, 2], "1 case of e.npz with two rows of one slice"),
        ([1, np.nan, 2, 3], "wrong numbers of slices"),
        ([1, 2, 3], "wrong numbers of slices"),
    ],
)
def test_numbers_that_are_no_order_are_refused(slices: list[float], match: str) -> None:
    with pytest.raises(UserError, match=match):
        arrange_rows(rows("baab", slices), "e.npz", numbered=True)


def test_numbers_of_slices_need_their_level() -> None:
    with pytest.raises(UserError, match="has numbers of slices; add level=slice"):
        arrange_rows(rows("ab", [1, 2]), "e.npz", numbered=False)


def test_rows_without_an_id_or_with_nan_are_counted() -> None:
    empty = FeatureRows(ids=("a", "", ""), features=np.ones((3, 2), np.float32))
    with pytest.raises(UserError, match="2 rows of e.npz without an id"):
        arrange_rows(empty, "e.npz", numbered=False)
    features = np.ones((3, 2), np.float32)
    features[0], features[2, 1] = np.nan, np.inf
    wrong = FeatureRows(ids=("a", "b", "c"), features=features)
    with pytest.raises(UserError, match="features of 2 of 3 rows of e.npz are not numbers"):
        arrange_rows(wrong, "e.npz", numbered=False)


def test_numbers_beyond_float32_become_infinite() -> None:
    assert np.isinf(read_numbers(np.full((1, 1), 1e300), "e.npz")).all()
