"""Redaction: paths lose their folders, messages lose ids and UIDs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest

from lnmbench.records import Choice, Weights
from lnmbench.redaction import (
    drop_paths,
    file_names_in_run,
    redact_choice,
    redact_data_set,
    redact_ids,
    redact_paths,
    redact_tree,
    redact_uids,
)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"weights": "~nobody/w.pt"}, "w.pt"),
        ({"weights": r"C:\Users\jane_doe\w.pt"}, "w.pt"),
        ({"path": "/data/jane_doe/"}, "jane_doe"),
        ({"model": "hf-hub:timm/resnet50.a1_in1k"}, "hf-hub:timm/resnet50.a1_in1k"),
        ({"share": ".5"}, ".5"),
        ({"weights": "mine/w.pt"}, "w.pt"),
        ({"model": "mine/w.safetensors"}, "mine/w.safetensors"),
    ],
)
def test_only_paths_lose_their_folders(parameters: Mapping[str, str], named: str) -> None:
    weights = Weights(source="file:w.pt", sha256="ab")
    redacted = redact_choice(Choice(name="any", parameters=parameters), weights)
    assert list(redacted.parameters.values()) == [named]


def test_paths_in_a_data_set_are_found_in_its_text() -> None:
    text = 'table:path="/home/me, myself/a.csv",columns=/home/me/c.toml,index=id'
    assert file_names_in_run(text, []) == {
        "/home/me, myself/a.csv": "a.csv",
        "/home/me/c.toml": "c.toml",
    }


def test_paths_in_a_tree_become_file_names() -> None:
    facts = {"/a/b": [1, "x=/a/b/c, y=/a/b", None]}
    assert redact_tree(facts, {"/a/b": "b", "/a/b/c": "c"}) == {"b": [1, "x=c, y=b", None]}


def test_a_recorded_choice_loses_folders_of_files_that_are_gone() -> None:
    parameters = {"weights": "jane_doe/w.pt", "mask": "jane_doe/m.nii", "model": "hub/resnet50"}
    choice = Choice(name="any", parameters=parameters)
    assert redact_choice(choice) == choice
    redacted = redact_choice(choice, recorded=True)
    assert list(redacted.parameters.values()) == ["w.pt", "m.nii", "hub/resnet50"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("table:path=C:\\Users\\jane\\a.csv,id=case", "table:path=a.csv,id=case"),
        ('table:path="/home/me, myself/a.csv"', 'table:path="a.csv"'),
        ('table:path="/home/""me""/a ""b"".csv"', 'table:path="a ""b"".csv"'),
        ('table:note="x, y",path=/home/me/a.csv,z="1"', 'table:note="x, y",path=a.csv,z="1"'),
        ("synthetic:n=60,images=false", "synthetic:n=60,images=false"),
    ],
)
def test_a_data_set_loses_the_folders_of_its_files(text: str, expected: str) -> None:
    assert redact_data_set(text) == expected


def test_a_cohort_file_does_not_name_paths() -> None:
    def factory(
        root: Path, table: str = "", center: str = "", kind: Literal["a/b", "c"] = "c", n: int = 3
    ) -> None: ...

    parameters = {"root": "a", "table": "x/jane.csv", "center": "Oslo", "kind": "a/b", "n": 4}
    choice = Choice(name="any", parameters=parameters)
    assert str(drop_paths(choice, factory)) == "any:center=Oslo,kind=a/b,n=4"
    assert str(drop_paths(choice, factory, keep_free_text=False)) == "any:kind=a/b,n=4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'/home/jane doe/a b/c.csv' is not there", "'c.csv' is not there"),
        ('"jane_doe/scans" and "x"', '"scans" and "x"'),
        ("don't open /home/jane/w.pt: it is bad", "don't open w.pt: it is bad"),
        ("jane_doe/w.pt or x=/data/jane/y", "w.pt or x=y"),
        ("~jane/x and /data/jane doe/y", "y"),  # where a name ends is not to be known
        (r"C:\Users\jane\w.pt", "w.pt"),
        ("jane/scans/ct", "ct"),
        ("input/output error in 3/4 of n", "input/output error in 3/4 of n"),
    ],
)
def test_only_folders_of_paths_leave_a_message(text: str, expected: str) -> None:
    assert redact_paths(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "no CT series (/d/Smith John/09-06-1990-NA-CT/x): got 2",
        "unreadable (data\\P7\\Smith John\\a.dcm)",
        "segment 'a' of P7",
        "P7_ct.nii is empty",
        "rel/Smith John/P7.nii has no mask; then",
        "ROI GTV Smith, 1990 of 3: 5 voxels",
        "the ROI has no contours (…, ROI Smith's tumor)",
        "the region is empty (Smith John.nrrd): got 0",
        "Smith_1990.nii.gz is empty",
        "no label is named 'Smith tumor'",
        'segment "Smith" of 4',
    ],
)
def test_messages_lose_paths_and_ids(line: str) -> None:
    redacted = redact_ids(line, {"P7": "x"})
    assert "P7" not in redacted
    assert "Smith" not in redacted
    assert "1990" not in redacted


@pytest.mark.parametrize(
    "line",
    [
        "the scan's grid differs from the mask's: 0.7 × 0.7 × 5 mm, e.g. in x",
        "series 3: 14 slices (12 % of the voxels); the patient's region has 2.50 ml",
    ],
)
def test_plain_messages_stay(line: str) -> None:
    assert redact_ids(line, {"P7": "x"}) == line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("series 1.2.840.113619.2.5.1762 (CT)", "series (UID) (CT)"),
        ("spacing 0.7 by 0.7, version 1.2.3", "spacing 0.7 by 0.7, version 1.2.3"),
    ],
)
def test_messages_lose_uids(text: str, expected: str) -> None:
    assert redact_uids(text) == expected
