"""Images of the cases: one volume at a time, stored as parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lnmbench import UserError
from lnmbench.records import Case, Choice, Preprocessing
from lnmbench.stages.ingest import ingest_log_path
from lnmbench.stages.ingest.prepare_images import refuse_image_options
from lnmbench.store.cohort_file import read_cohort, read_masks, read_scans

Ingest = Any


def test_a_worker_holds_one_volume_however_long_the_cohort(
    ingest_made: Ingest, plugin: Path
) -> None:
    text = plugin.read_text(encoding="utf-8")
    text += "\n\nimport builtins\nbuiltins.made_most = MOST\n"
    plugin.write_text(text, encoding="utf-8")
    import builtins

    ingest_made(n=40, workers=3)
    assert 1 <= builtins.made_most[0] <= 2 * 3
    del builtins.made_most


def test_a_damaged_part_and_a_part_of_another_case_are_made_again(
    ingest_made: Ingest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lnmbench.stages.ingest import build_cohort as stage

    def stop(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(stage, "writing_cohort", stop)
        with pytest.raises(KeyboardInterrupt):
            ingest_made()
    (parts,) = (home / "cohorts").glob("*.parts")
    first, second, third, *_ = sorted(parts.glob("*.safetensors"))
    first.write_bytes(first.read_bytes()[:300])
    second.write_bytes(third.read_bytes())
    path = ingest_made()
    whole = ingest_made(home=tmp_path / "other")
    assert read_cohort(path).fingerprint == read_cohort(whole).fingerprint


def test_spacing_is_given_along_the_patient(ingest_made: Ingest, plugin: Path) -> None:
    sagittal = "made.SetSpacing((0.5, 0.5, 2.0)); made.SetDirection((0, 0, 1, 1, 0, 0, 0, -1, 0))"
    text = plugin.read_text(encoding="utf-8").replace("made.SetSpacing((0.5, 0.5, 2.0))", sagittal)
    plugin.write_text(text, encoding="utf-8")
    scans, _ = read_scans(ingest_made())
    assert scans.spacing_mm[0].tolist() == [2.0, 0.5, 0.5]
    assert scans.size[0].tolist() == [8, 24, 24]


def test_images_that_are_not_hu_need_a_permission_that_the_cohort_records(
    ingest_made: Ingest, plugin: Path
) -> None:
    text = plugin.read_text(encoding="utf-8").replace("rng.normal(0, 50", "1024 + rng.normal(0, 50")
    plugin.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="the image does not hold HU"):
        ingest_made()
    allowed = Preprocessing(patch=16, allow_implausible=True)
    path = ingest_made(preprocessing=allowed)
    assert read_cohort(path).preprocessing == allowed
    assert "implausible HU allowed" in ingest_log_path(path).read_text(encoding="utf-8")


def test_whole_scans_need_no_tumor_region(ingest_made: Ingest, plugin: Path) -> None:
    text = plugin.read_text(encoding="utf-8")
    text = text.replace("inside[2:5, 10:14, 10:14] = 1", "pass")
    plugin.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="the tumor mask is empty"):
        ingest_made()
    whole = Preprocessing(spacing_mm=(0.5, 0.5, 2.0), patch=16, region="none", slices=5)
    path = ingest_made(preprocessing=whole)
    cohort = read_cohort(path)
    assert cohort.preprocessing == whole
    assert (cohort.offsets[1:] - cohort.offsets[:-1]).tolist() == [5] * 6
    assert cohort.read_masks is None
    assert not read_masks(path, 0, 30).any()
    scans, _ = read_scans(path)
    assert (scans.tumor_ml == 0).all()
    assert "check the images" not in "\n".join(ingest_made.progress.lines)


def test_a_scan_is_read_in_place_of_a_volume_with_the_tumor(
    ingest_made: Ingest, plugin: Path
) -> None:
    text = plugin.read_text(encoding="utf-8")
    before = "volume=volume if has_images else None)"
    assert before in text
    text = text.replace(
        before,
        "volume=self.refuse, scan=lambda number=number, name=name: self.volume(number, name))",
    )
    text = text.replace(
        "    def volume(self",
        "    def refuse(self):\n"
        "        raise UserError('the tumor is not marked')\n\n    def volume(self",
    )
    plugin.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="the tumor is not marked"):
        ingest_made()
    whole = Preprocessing(spacing_mm=(0.5, 0.5, 2.0), patch=16, region="none", slices=3)
    assert read_cohort(ingest_made(preprocessing=whole)).has_images


@pytest.mark.parametrize(
    ("preprocessing", "message"),
    [
        (Preprocessing(region="none", slices=4), "--region none needs images.*leave out --region"),
        (Preprocessing(native_mm=30.0), "--keep-native needs images"),
    ],
)
def test_options_of_images_are_refused_without_images(
    preprocessing: Preprocessing, message: str
) -> None:
    choice, cases = Choice(name="x"), [Case(id="a", values={})]
    with pytest.raises(UserError, match=message):
        refuse_image_options(choice, cases, preprocessing)
    refuse_image_options(choice, cases, Preprocessing())
