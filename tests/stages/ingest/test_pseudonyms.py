"""Nothing that tells who a case is gets into a cohort file, its parts or its report."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lnmbench import UserError
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Preprocessing
from lnmbench.registry import Registry
from lnmbench.stages.ingest import (
    IngestOptions,
    Pseudonyms,
    ingest,
    ingest_log_path,
    make_key,
    read_key,
)
from lnmbench.store.cohort_file import read_cohort

Ingest = Any
NAMES = ("PAT-00", "Doe^John", "John", "St Mary", "1.2.840.113619", "secret-place")
KEY = Pseudonyms(key=b"k" * 32)


def leaked(path: Path, words: tuple[str, ...]) -> list[str]:
    content = path.read_bytes()
    spelled = {
        word: [word.encode(code) for code in ("utf-8", "utf-16-le", "utf-32-le")] for word in words
    }
    return [word for word, forms in spelled.items() if any(form in content for form in forms)]


def test_neither_file_nor_parts_nor_report_tell_an_id(
    ingest_made: Ingest, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lnmbench.stages.ingest import build_cohort as stage

    place = Path("secret-place")
    place.mkdir()
    (place / "a.source").write_text("x", encoding="utf-8")
    asked = {"where": place, "bad": "PAT-004", "pseudonyms": KEY}
    with monkeypatch.context() as patched:
        patched.setattr(stage.Parts, "remove", lambda self: None)
        path = ingest_made(**asked)
    parts = list((home / "cohorts").glob("*.parts/*.safetensors"))
    assert len(parts) == 5
    for written in (path, *parts, ingest_log_path(path)):
        assert not leaked(written, (*NAMES, KEY.key.decode())), written
    assert "no CT series" in ingest_log_path(path).read_text(encoding="utf-8")


def test_without_pseudonyms_uids_and_places_are_not_in_the_file(ingest_made: Ingest) -> None:
    place = Path("secret-place")
    place.mkdir()
    path = ingest_made(where=place)
    assert not leaked(path, ("1.2.840.113619", "secret-place", "most slices"))


def test_pseudonyms_keep_cases_and_patients_apart_and_their_labels(ingest_made: Ingest) -> None:
    plain, hidden = read_cohort(ingest_made()), read_cohort(ingest_made(pseudonyms=KEY))
    assert len(set(hidden.ids)) == len(set(hidden.groups)) == 6
    assert hidden.ids == tuple(sorted(hidden.ids))
    assert all(len(case) >= 16 for case in hidden.ids)
    assert tuple(hidden.values["who"]) == hidden.ids
    ages = dict(zip(plain.ids, plain.values["age"].tolist(), strict=True))
    back = {KEY.replace("id", case): case for case in plain.ids}
    for case, age in zip(hidden.ids, hidden.values["age"].tolist(), strict=True):
        assert age == pytest.approx(ages[back[case]], nan_ok=True)


def test_a_key_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "k"
    made = make_key(path)
    assert read_key(path) == made
    assert len(made.key) == 64
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UserError, match="already exists"):
        make_key(path)
    assert made.key.decode() not in repr(made)


def test_a_key_of_no_use_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "k"
    with pytest.raises(UserError, match="add --new-key"):
        read_key(path)
    path.write_text("short", encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(UserError, match="not a key"):
        read_key(path)
    path.write_text("long enough to be a key", encoding="utf-8")
    path.chmod(0o644)
    if os.name != "nt":
        with pytest.raises(UserError, match="readable by others.*chmod 600"):
            read_key(path)


@pytest.fixture
def tree(nbia: ModuleType, shared_data: Path, tmp_path: Path) -> Any:
    """A download of two patients whose headers are full of what must not leave them."""
    (table,) = (shared_data / "nsclc_radiogenomics").glob("*.csv")
    return nbia.write_nbia_tree(tmp_path / "Quitzow", table, patients=2, shrink=8)


def test_headers_of_a_download_stay_in_it(
    nbia: ModuleType, tree: Any, home: Path, monkeypatch: pytest.MonkeyPatch, silent: Progress
) -> None:
    from lnmbench.stages.ingest import build_cohort as stage

    choice = Choice(name="radiogenomics", parameters={"root": str(tree.root)})
    monkeypatch.setattr(stage.Parts, "remove", lambda self: None)
    for pseudonyms, more in ((None, ()), (KEY, (*tree.patients, "R01-0", "THORAX"))):
        path = ingest(
            choice,
            Registry(),
            home=home / str(bool(pseudonyms)),
            workers=2,
            progress=silent,
            options=IngestOptions(preprocessing=Preprocessing(patch=32), pseudonyms=pseudonyms),
        )
        assert len(read_cohort(path)) == 2
        private = (*nbia.PRIVATE, nbia.ROOT_UID, "manifest-16", *more)
        written = [path, *path.with_suffix(".parts").glob("*.safetensors")]
        assert len(written) == 3
        for file in (*written, *([ingest_log_path(path)] if pseudonyms else [])):
            assert not leaked(file, private), file
