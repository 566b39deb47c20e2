from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lnmbench import UserError
from lnmbench.stages.ingest.cohort_notices import say_left_out, say_size
from lnmbench.stages.ingest.ingest_log import ingest_log_path

IngestMade = Any


class Lines(list[str]):
    def say(self, line: str) -> None:
        self.append(line)


def test_the_size_and_the_cases_that_are_not_in_the_file(ingest_made: IngestMade) -> None:
    path: Path = ingest_made(n=3, bad="PAT-001")
    lines: Any = Lines()
    say_size(path, "made", lines)
    say_left_out(path, lines, strict=False)
    assert lines[0] == f"cohort made: 2 cases, 12 slices, saved to {path}"
    assert lines[1].startswith("1 of 3 cases left out (case 'PAT-001': no CT series")
    with pytest.raises(UserError, match="case 'PAT-001': no CT series"):
        say_left_out(path, lines, strict=True)
    ingest_log_path(path).unlink()
    say_left_out(path, lines, strict=False)
    assert lines[2] == "1 of 3 cases left out; their ingest log is missing"


def test_missing_images_are_not_explained_to_who_decided(ingest_made: IngestMade) -> None:
    path: Path = ingest_made(n=4, lacking=2)
    lines: Any = Lines()
    say_size(path, "made", lines)
    assert lines[1:] == [
        "2 of 4 cases have no images: encoders need --missing-images mask or exclude"
    ]
    lines.clear()
    for choice in ("mask", "exclude"):
        say_size(path, "made", lines, choice)
    assert [line[:13] for line in lines] == ["cohort made: "] * 2
