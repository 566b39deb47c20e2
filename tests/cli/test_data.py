"""`lnmbench data`: from a data set to a cohort file, and what is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import pytest

from lnmbench import UserError
from lnmbench.cli.app import app

Says = Callable[[str], tuple[str, str]]

FAILING = """
from lnmbench import hookimpl, UserError
from lnmbench_synthetic.dataset import Synthetic

def fails():
    raise UserError("no CT series", where="P2")

class Holes(Synthetic):
    \"\"\"Phantoms, some without images.\"\"\"
    def cases(self):
        import dataclasses
        for number, case in enumerate(super().cases()):
            yield dataclasses.replace(case, volume=fails) if number % 4 == 1 else case

@hookimpl
def register_datasets():
    return {"holes": Holes}
"""


@pytest.fixture
def says(home: Path, capsys: pytest.CaptureFixture[str]) -> Says:
    """Run the command in this process; return standard output and standard error."""

    def run(words: str) -> tuple[str, str]:
        app(words.split(), standalone_mode=False)
        return capsys.readouterr()

    return run


def test_from_a_data_set_to_a_page_of_thumbnails(says: Says, home: Path) -> None:
    Path("holes.py").write_text(FAILING, encoding="utf-8")
    plugin = "--plugin holes.py"
    out, err = says(f"data ingest holes:n=6 --report mine.csv {plugin}")
    path = Path(out.strip())
    assert path.parent == home / "cohorts"
    assert "2 of 6 cases left out (2 × no CT series): see" in err
    assert Path("mine.csv").read_text(encoding="utf-8").count("left out") == 2

    out, err = says(f"data describe holes:n=6 {plugin}")
    for words in ("4 cases", "2 left out", "prevalence", "original spacing", "slices per case"):
        assert words in out
    assert "2 × no CT series" in out
    png = path.with_suffix(".png")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert str(png) in err
    out, _ = says(f"data describe {path} --thumbnails page.png")
    assert "4 cases" in out
    assert Path("page.png").is_file()

    out, _ = says("data list")
    assert "holes:n=6" in out
    assert "synthetic" in out


def test_a_data_set_is_described_with_the_options_of_its_cohort(says: Says, home: Path) -> None:
    options = "synthetic:n=8 --patch 32 --allow-implausible"
    out, _ = says(f"data ingest {options}")
    says(f"data describe {options}")
    assert [str(path) for path in (home / "cohorts").glob("*.h5")] == [out.strip()]
    with pytest.raises(UserError, match="apply to a data set alone: got a cohort file"):
        says(f"data describe {out.strip()} --patch 32")


def test_a_run_uses_what_was_ingested_alike(says: Says, home: Path) -> None:
    asked = "synthetic:n=20 --spacing 2,2,5 --patch 32"
    out, _ = says(f"data ingest {asked}")
    small = "--target n1 --encoder none --aux none --only --repeats 1 --folds 2 --inner 2"
    _, err = says(f"run --dataset {asked} {small} --training max_epochs=1 --out r")
    assert f"using {out.strip()}" in err
    with h5py.File(out.strip()) as file:
        assert file["slices"].shape[1:] == (32, 32)


def test_validate_tells_damage_and_exits_with_1(
    says: Says, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = says("data ingest synthetic:n=4 --patch 32")
    path = Path(out.strip())
    assert says("data validate")[0].strip() == f"{path}: intact"
    with h5py.File(path) as file:
        where = file["slices"].id.get_offset()
    raw = bytearray(path.read_bytes())
    raw[where + 9] ^= 0xFF
    path.write_bytes(bytes(raw))
    assert app(["data", "validate", "synthetic"], standalone_mode=False) == 1
    assert "the images of case 'SYN-00001' are damaged" in capsys.readouterr().out
    with pytest.raises(UserError, match="no cohort 'nothing'"):
        says("data validate nothing")


def test_what_is_not_finished_is_listed(says: Says, home: Path) -> None:
    parts = home / "cohorts" / "made-0123.parts"
    parts.mkdir(parents=True)
    (parts / "000000.safetensors").write_bytes(b"1" * 1000)
    (home / "cohorts" / "old.h5").write_bytes(b"?")
    out, _ = says("data list")
    assert "made-0123.parts (0.0 MB): unfinished" in out
    assert "old.h5 (0.0 MB): cannot read the cohort file" in out


def test_pseudonyms_want_a_key_that_is_there(says: Says) -> None:
    words = "data ingest synthetic:n=20,images=false --pseudonymize k"
    with pytest.raises(UserError, match="add --new-key"):
        says(words)
    out, _ = says(f"{words} --new-key")
    assert b"SYN-0" not in Path(out.strip()).read_bytes()
    assert says(words)[0] == out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("data ingest synthetc", "did you mean synthetic"),
        ("data ingest synthetic --spacing 1,2", "three lengths in mm"),
        ("data ingest synthetic --spacing 1,2,nan", "three lengths in mm"),
        ("data ingest synthetic --new-key", "--pseudonymize KEYFILE"),
        ("data describe synthetc", "did you mean synthetic"),
        ("data describe none.h5", "no such cohort file"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(says: Says, words: str, expected: str) -> None:
    with pytest.raises(UserError) as told:
        says(words)
    assert expected in str(told.value)
