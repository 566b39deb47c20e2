from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench.records import Preprocessing
from lnmbench.stages.ingest import build_cohort as stage
from lnmbench.store.cohort_boxes import read_box, read_box_bytes
from lnmbench.store.cohort_file import read_cohort, read_slices

SMALL = Preprocessing(spacing_mm=(1.0, 1.0, 1.0), patch=16)
NATIVE = replace(SMALL, native_mm=4.0)


def test_ingest_keeps_the_voxels_around_the_tumor(ingest_made: Any) -> None:
    path = ingest_made(preprocessing=NATIVE)
    number = int(read_cohort(path).ids[3].removeprefix("PAT-"))
    made = np.random.default_rng(number).normal(0, 50, (8, 24, 24)).astype(np.float32)
    box = read_box(path, 3)
    assert box is not None
    # tumor z 2–4, y and x 10–13; 4 mm are 2 slices and 8 pixels, and one voxel more
    np.testing.assert_array_equal(box.hu, np.rint(made)[0:7, 2:22, 2:22])
    assert box.mask.sum() == 3 * 4 * 4
    assert box.center == (11.5 - 2, 11.5 - 2, 3.0)
    size = f"{read_box_bytes(path) / 1e6:.1f} MB are the CT within 4 mm of the tumor"
    assert any(size in line for line in ingest_made.progress.lines)


def test_patches_and_default_files_do_not_change(ingest_made: Any) -> None:
    without, with_boxes = ingest_made(), ingest_made(preprocessing=NATIVE)
    assert without != with_boxes
    total = int(read_cohort(without).offsets[-1])
    np.testing.assert_array_equal(read_slices(without, 0, total), read_slices(with_boxes, 0, total))
    assert read_box_bytes(without) == 0


def test_a_stopped_ingest_resumes_with_its_boxes(
    ingest_made: Any, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(stage, "writing_cohort", stop)
        with pytest.raises(KeyboardInterrupt):
            ingest_made(preprocessing=NATIVE)
    path = ingest_made(preprocessing=NATIVE)
    whole = ingest_made(preprocessing=NATIVE, home=tmp_path / "other")
    assert read_cohort(path).fingerprint == read_cohort(whole).fingerprint
