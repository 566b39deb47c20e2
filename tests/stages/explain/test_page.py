"""The page of explanations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lnmbench.records import Figure, Gallery, Paragraph
from lnmbench.rendering import render_page
from lnmbench.stages.explain import build_explanation_page


def test_a_page_has_the_tables_and_each_case(explained: Any) -> None:
    page = build_explanation_page(explained)
    assert page.badge == "SYNTHETIC"
    assert list(page.methods) == [n.method.fingerprint for n in explained.methods]
    kinds = [type(block).__name__ for block in page.blocks]
    assert kinds == ["Paragraph", "Table", "Table", *["Gallery", "Figure"] * 4, "Table"]
    numbers = [b.title.split(".")[0] for b in page.blocks if isinstance(b, Figure | Gallery)]
    assert numbers == [f"Figure {n}" for n in range(1, 9)]
    html = render_page(page, "html")
    assert html.count("data:image/png;base64,") == 4 * 3
    assert "The images are simulated." in html
    for id_ in explained.results.method_results[0].method.label, "middle + pt (best of 2)":
        assert id_ in html


def test_a_page_says_which_outcomes_and_controls_it_shows(ordinal: Any, explained: Any) -> None:
    page = build_explanation_page(ordinal)
    text = page.blocks[0]
    assert isinstance(text, Paragraph)
    lines = " ".join(text.lines)
    assert "of the probability of N2 or higher and N1 or higher, each with its own map." in lines
    assert '"middle + pt:shuffled=1" is a negative control' in lines
    assert '" and "two_stage:' in lines
    assert "models that predict a case out of fold were trained again" in lines
    control = ordinal.methods[-1].method.fingerprint
    assert page.controls == (control,)
    assert len(page.methods) == 4
    one = tuple(each for each in ordinal.methods if each.outcome == 1)
    first = build_explanation_page(replace(ordinal, methods=one)).blocks[0]
    assert isinstance(first, Paragraph)
    assert any("--outcome names others: N1 or higher." in line for line in first.lines)
    plain = build_explanation_page(explained).blocks[0]
    assert isinstance(plain, Paragraph)
    assert not any("outcome" in line or "control" in line for line in plain.lines)
    assert "The networks that predict a case" in plain.lines[0]


def test_images_of_patients_are_announced(explained: Any) -> None:
    results = explained.results
    real = replace(results, card=replace(results.card, synthetic=False))
    page = build_explanation_page(replace(explained, results=real))
    text = page.blocks[0]
    assert isinstance(text, Paragraph)
    assert any("CT images of patients" in line for line in text.lines)
    assert page.badge == ""
