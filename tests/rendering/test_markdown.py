"""Markdown: hostile text is shown as it is."""

from __future__ import annotations

from typing import Any

from markdown_it import MarkdownIt

from lnmbench.rendering import render

Samples = Any


def html(text: str) -> str:
    return MarkdownIt("commonmark").enable("table").enable("strikethrough").render(text)


def first_cells(html_text: str) -> list[str]:
    """Return the texts of the first cells of a table's rows, as a reader sees them."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.rows: list[list[str]] = []
            self.inside = False

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag == "tr":
                self.rows.append([])
            if tag == "td":
                self.rows[-1].append("")
            self.inside = tag in ("td", "em", "strong", "code", "a")

        def handle_endtag(self, tag: str) -> None:
            self.inside = self.inside and tag != "td"

        def handle_data(self, data: str) -> None:
            if self.inside:
                self.rows[-1][-1] += data

    reader = Reader()
    reader.feed(html_text)
    return [row[0] for row in reader.rows if row]


def test_markdown_shows_hostile_cells_as_they_are(samples: Samples) -> None:
    page = html(render([samples.table(*samples.HOSTILE)], "markdown"))
    assert first_cells(page) == list(samples.HOSTILE)
    for tag in ("<script", "<em>", "<code>", "<a "):
        assert tag not in page


def test_markdown_shows_hostile_sentences_as_they_are(samples: Samples) -> None:
    page = html(render([samples.paragraph(*samples.HOSTILE)], "markdown"))
    assert page.count("<li>") == len(samples.HOSTILE)
    for tag in ("<script", "<em>", "<code>", "<a ", "<h1>", "<ol>", "<blockquote>"):
        assert tag not in page


def test_markdown_stays_readable_where_nothing_is_hostile(samples: Samples) -> None:
    text = render([samples.table("resnet50 + pt")], "markdown")
    assert "| resnet50 + pt | +.760 (−.013 to .800) |" in text
    assert "| :-- | --: |" in text
