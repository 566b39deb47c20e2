"""JSON: strict, with the structure of the report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lnmbench.rendering import render

Samples = Any


def test_json_is_strict_and_structured(samples: Samples) -> None:
    text = render([samples.table("a|b"), samples.paragraph("x")], "json")
    tree = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    first, second = tree["blocks"]
    assert first["rows"][0]["method"] == {"text": "a|b"}
    assert first["rows"][0]["auc"]["value"] == 0.7600000001
    assert first["rows"][0]["auc"]["high"] is None
    assert [column["key"] for column in first["columns"]] == ["method", "auc"]
    assert second == {"kind": "paragraph", "key": "p", "title": "Setting", "lines": ["x"]}
