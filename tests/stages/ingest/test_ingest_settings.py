from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.records import Choice, Preprocessing
from lnmbench.stages.ingest import IngestOptions, IngestSettings, make_ingest_options, make_key


def test_without_settings_the_options_are_the_defaults() -> None:
    assert make_ingest_options({}) == IngestOptions()


def test_a_spacing_is_text_or_three_numbers() -> None:
    for spacing in ("1, 0.75,3", (1, 0.75, 3), [1.0, 0.75, 3.0]):
        options = make_ingest_options({"spacing": spacing, "patch": 96, "keep_native": 60})
        expected = Preprocessing(spacing_mm=(1.0, 0.75, 3.0), patch=96, native_mm=60.0)
        assert options.preprocessing == expected


def test_a_key_file_is_read(tmp_path: Path) -> None:
    key = tmp_path / "key"
    pseudonyms = make_key(key)
    assert make_ingest_options({"pseudonymize": str(key)}).pseudonyms == pseudonyms
    with pytest.raises(UserError, match="cannot read the key"):
        make_ingest_options({"pseudonymize": tmp_path / "none"})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"region": "lung"}, "wrong value for --region.*tumor or none, got 'lung'"),
        ({"slices": 9}, "--slices has no effect"),
        ({"slices": 0, "region": "none"}, "wrong value for --slices: expected 1 to 1000, got 0"),
        ({"patch": 2000}, "wrong value for --patch: expected 16 to 1024, got 2000"),
        ({"patch": 96.5}, "wrong value for --patch: expected 16 to 1024, got 96.5"),
        ({"patch": True}, "wrong value for --patch"),
        ({"keep_native": 0.5}, "wrong value for --keep-native: expected 1 to 1000 mm"),
        ({"keep_native": 50, "region": "none"}, "--keep-native needs the tumor region"),
        ({"spacing": (1, 2)}, "wrong value for --spacing.*three lengths in mm of 0.05 to 50"),
        ({"spacing": 3.0}, "wrong value for --spacing"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line(settings: IngestSettings, message: str) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        make_ingest_options(settings)
    assert "\n" not in str(refusal.value)


def test_extraction_needs_the_tumor() -> None:
    with pytest.raises(UserError, match="--extract needs the tumor region"):
        make_ingest_options({"region": "none"}, extract=(Choice(name="radiomics"),))
