"""Cells of clinical files: quotes, missing values, shifted rows, columns without an id."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_cbioportal.clinical_file import read_clinical_file
from lnmbench_cbioportal.file_cells import is_missing

from lnmbench import UserError

FILE = "data_clinical_patient.txt"
ReplaceText = Callable[[Path, str, str], None]


def test_codes_of_hospitals_are_not_missing() -> None:
    assert all(map(is_missing, ("", "NA", "[Not Available]", "[anything]", "unknown")))
    assert not any(map(is_missing, ("NC", "KA", "NK", "No", "0", "N0")))


def test_quotes_around_a_cell_are_no_part_of_it(
    write_study: Callable[..., Path], replace_text: ReplaceText
) -> None:
    path = write_study() / FILE
    replace_text(path, "|Male|", '|"Male"|')
    replace_text(path, "|70|", '|"70"|')
    file = read_clinical_file(path)
    assert (file.column(2)[0], file.column(1)[1]) == ("Male", "70")


def test_several_shifted_rows_are_counted(
    write_study: Callable[..., Path], replace_text: ReplaceText
) -> None:
    path = write_study() / FILE
    replace_text(path, "P1|61|", "P1|")
    replace_text(path, "P2|70|", "P2|")
    with pytest.raises(UserError, match="got 9; 1 more row is wrong; download the file again"):
        read_clinical_file(path)


def test_empty_columns_without_an_id_do_not_count(write_study: Callable[..., Path]) -> None:
    path = write_study() / FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(f"{line}\t\t" for line in lines), encoding="utf-8")
    assert len(read_clinical_file(path).attributes) == 10
    path.write_text("\n".join([*(f"{line}\t" for line in lines[:-1]), f"{lines[-1]}\tx"]))
    with pytest.raises(UserError, match="1 column has values, but no id .*row 5"):
        read_clinical_file(path)
