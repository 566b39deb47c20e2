from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.errors import UserError, UserErrors, nearest, raise_all, reading


def test_a_message_has_problem_place_expected_got_and_next_step() -> None:
    error = UserError("wrong spacing", where="a.nii", expected="3 numbers", got="2", then="fix it")
    assert str(error) == "wrong spacing (a.nii): expected 3 numbers, got 2; fix it"


def test_a_message_is_one_printable_line() -> None:
    text = str(UserError("two\nlines\x1b[31m"))
    assert text.isprintable()
    assert text.startswith("two lines")


def test_an_unknown_name_gets_the_nearest_of_the_known_ones() -> None:
    assert nearest("ecoder", ["encoder", "aux"]) == "did you mean encoder? known: aux, encoder"
    assert nearest("x", []) == "known: none"


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    match = "cannot read .*nowhere.*got No such file or directory; check the path$"
    with pytest.raises(UserError, match=match), reading(path):
        path.read_text()
    with pytest.raises(UserError, match="got Is a directory; name a file in it$"), reading(path):
        tmp_path.read_text()
    with pytest.raises(UserError, match="check the path and its permissions$"), reading(path):
        raise PermissionError(13, "Permission denied")


def test_several_errors_are_a_numbered_list_of_bounded_length() -> None:
    raise_all([], "t.csv")
    errors = [UserError(f"problem {number}") for number in range(25)]
    with pytest.raises(UserError, match="^problem 0$"):
        raise_all(errors[:1], "t.csv")
    with pytest.raises(UserErrors) as refusal:
        raise_all(errors, "t.csv")
    lines = str(refusal.value).splitlines()
    assert lines[:2] == ["25 errors in t.csv:", "  1. problem 0"]
    assert lines[-2:] == ["  20. problem 19", "  and 5 more"]


def test_a_very_long_word_is_shortened_in_the_middle() -> None:
    line = str(UserError("cannot read", where="x" * 5000 + ".csv", then="check the path"))
    assert len(line) < 400
    assert line.startswith("cannot read (xxx")
    assert line.endswith("xxx.csv); check the path")
