"""Reading is silent but for errors, in any number of threads."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from types import ModuleType

import pydicom
import pytest
from pydicom.dataset import Dataset

from lnmbench.imaging.series import read_image
from lnmbench.imaging.silence import suppress_warnings


def test_warnings_are_back_once_the_last_thread_is_out() -> None:
    before = list(warnings.filters)
    together = Barrier(4)

    def read(_: int) -> None:
        with suppress_warnings:
            together.wait(timeout=120)
            warnings.warn("of a header", UserWarning, stacklevel=1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, range(4)))
    assert list(warnings.filters) == before
    with pytest.raises(UserWarning):
        warnings.warn("outside", UserWarning, stacklevel=1)


def test_a_header_that_pydicom_remarks_on_is_read_without_a_word(
    tmp_path: Path, dicom_files: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    def change(_: int, header: Dataset) -> None:
        header.SpecificCharacterSet = "ISO_IR 100"

    for path in dicom_files.write_series(tmp_path, dicom_files.hu_of(3), change=change):
        path.write_bytes(path.read_bytes().replace(b"ISO_IR 100", b"NO_SUCH_10"))
    with pytest.warns(UserWarning, match="NO_SUCH"):
        pydicom.dcmread(path).get("PatientID")
    assert read_image(tmp_path).GetDepth() == 3
    assert capfd.readouterr() == ("", "")
