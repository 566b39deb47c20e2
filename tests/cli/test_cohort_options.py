from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pytest

from lnmbench import UserError
from lnmbench.cli.cohort_options import CohortOptions, ReadingOptions
from lnmbench.records import Preprocessing


def test_options_become_preprocessing() -> None:
    options = CohortOptions(spacing="1,0.75,3", patch=96, strict=True).to_ingest_options()
    assert options.preprocessing == Preprocessing(spacing_mm=(1.0, 0.75, 3.0), patch=96)
    allowed = CohortOptions(allow_implausible=True).to_ingest_options().preprocessing
    assert allowed == Preprocessing(allow_implausible=True)
    native = CohortOptions(keep_native=60.0).to_ingest_options().preprocessing
    assert native == Preprocessing(native_mm=60.0)
    with pytest.raises(UserError, match="wrong value for --keep-native: expected 1 to 1000 mm"):
        CohortOptions(keep_native=math.nan).to_ingest_options()
    assert options.strict
    assert options.pseudonyms is None
    assert CohortOptions().to_ingest_options().preprocessing == Preprocessing()


@pytest.mark.parametrize("spacing", ["1,2", "a,b,c", "1,2,nan", "0.01,1,1", "1,1,51", ""])
def test_a_wrong_spacing_is_refused(spacing: str) -> None:
    with pytest.raises(UserError, match="wrong value for --spacing.*three lengths in mm"):
        CohortOptions(spacing=spacing).to_ingest_options()


def test_a_key_is_created_once_and_read_again(tmp_path: Path) -> None:
    key = tmp_path / "key"
    created = CohortOptions(pseudonymize=key, new_key=True).to_ingest_options()
    read = CohortOptions(pseudonymize=key).to_ingest_options()
    assert created.pseudonyms == read.pseudonyms
    with pytest.raises(UserError):
        CohortOptions(pseudonymize=key, new_key=True).to_ingest_options()
    with pytest.raises(UserError, match="--new-key needs a key file; add --pseudonymize KEYFILE"):
        CohortOptions(new_key=True).to_ingest_options()


def test_there_is_a_thread_for_each_core() -> None:
    assert ReadingOptions(workers=3).threads == 3
    assert ReadingOptions().threads == os.cpu_count()


def test_whole_scans_have_a_spacing_and_slices_of_their_own() -> None:
    options = CohortOptions(region="none").to_ingest_options()
    assert options.preprocessing == Preprocessing(
        region="none", spacing_mm=(1.6, 1.6, 5.0), slices=32
    )
    options = CohortOptions(region="none", slices=9, spacing="2,2,4").to_ingest_options()
    assert options.preprocessing == Preprocessing(
        region="none", spacing_mm=(2.0, 2.0, 4.0), slices=9
    )
    assert CohortOptions(region="tumor").to_ingest_options().preprocessing == Preprocessing()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"region": "lung"}, "wrong value for --region.*tumor or none, got 'lung'"),
        ({"slices": 9}, "--slices has no effect on patches around the tumor"),
        ({"region": "none", "extract": ["radiomics"]}, "--extract needs the tumor region"),
        ({"region": "none", "keep_native": 50.0}, "--keep-native needs the tumor region"),
    ],
)
def test_options_of_another_region_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        CohortOptions(**options).to_ingest_options()
