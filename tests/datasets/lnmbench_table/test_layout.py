"""The section [table]: known encodings."""

from __future__ import annotations

import pytest
from lnmbench_table.layout import Layout
from pydantic import ValidationError


@pytest.mark.parametrize("name", ["utf-8", "GB18030", "cp1252", "mac_roman", "utf-16-le"])
def test_encodings_of_text_are_known(name: str) -> None:
    assert Layout(encoding=name).encoding == name


@pytest.mark.parametrize("name", ["utf8x", "rot13", "hex", ""])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="the name of an encoding"):
        Layout(encoding=name)
