"""A page with hostile names, and a browser that opens it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from lnmbench.records import (
    Axis,
    Block,
    Cell,
    Figure,
    Gallery,
    Mark,
    Page,
    Panel,
    Paragraph,
    Picture,
    Table,
    TableColumn,
)
from lnmbench.rendering import render_page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class SamplePage:
    """A page whose names try to be markup, script or a formula."""

    HOSTILE = (
        "<img src=x onerror=alert(1)>",
        "</script><script>alert(2)</script>",
        '"><svg onload=alert(3)>',
        "{{ 7 * 7 }}",
        "=1+1",
    )
    METHODS: ClassVar[dict[str, str]] = {
        "a": "resnet50",
        "b": HOSTILE[0],
        "c": HOSTILE[1],
        "d": HOSTILE[2],
    }

    @staticmethod
    def table(rows: int = 0, key: str = "performance") -> Table:
        methods = list(SamplePage.METHODS.items())
        cases = [methods[n % 4] for n in range(rows or 4)]
        values = [0.7, -0.2, None, 10.0]
        return Table(
            key=key,
            title=f"Table 1. Scores {SamplePage.HOSTILE[2]}",
            columns=(
                TableColumn(key="m", heading="Method", align="left"),
                TableColumn(key="auc", heading="AUC (95 % CI)"),
                *(TableColumn(key=f"x{n}", heading="another column") for n in range(8)),
            ),
            rows=tuple(
                (
                    Cell(text=label),
                    Cell(text=f"({n})", value=values[n % 4]),
                    *(Cell(text=".5 (.4 to .6)", value=0.5) for _ in range(8)),
                )
                for n, (_, label) in enumerate(cases)
            ),
            notes=(SamplePage.HOSTILE[0],),
            methods=tuple((method,) for method, _ in cases),
        )

    @staticmethod
    def roc() -> Figure:
        x = np.array([0.0, 0.25, 1.0])
        marks = [Mark(kind="rule", x=x[[0, 2]], y=x[[0, 2]], name="chance")]
        for n, (method, label) in enumerate(SamplePage.METHODS.items()):
            y = np.array([0.0, 0.5 + n / 1000, 1.0])
            shared: dict[str, Any] = {
                "name": label,
                "methods": (method,),
                "color": method,
                "x": x,
                "y": y,
            }
            marks.append(Mark(kind="band", low=y - 0.1, high=y + 0.1, **shared))
            marks.append(Mark(kind="line", **shared))
        axes = (
            Axis(title="1 − specificity", low=0, high=1),
            Axis(title="Sensitivity", low=0, high=1),
        )
        first = Panel(x=axes[0], y=axes[1], marks=tuple(marks), title=SamplePage.HOSTILE[1])
        second = Panel(x=axes[0], y=axes[1], marks=tuple(marks[:3]), methods=("a",))
        return Figure(
            key="roc",
            title=f"Figure 1. {SamplePage.HOSTILE[0]}",
            alt=SamplePage.HOSTILE[2],
            panels=(first, second),
        )

    @staticmethod
    def forest() -> Figure:
        marks = [
            Mark(
                kind=kind,
                along="x",
                x=at,
                y=row,
                low=at - 1.0,
                high=at + 1.0,
                methods=(method,),
                name=name,
            )
            for n, (method, name) in enumerate(SamplePage.METHODS.items())
            for at, row in [(np.array([n / 3]), np.array([float(n)]))]
            for kind in ("interval", "points")
        ]
        y = Axis(title="", categories=tuple(SamplePage.METHODS.values()))
        panel = Panel(x=Axis(title="Difference"), y=y, marks=tuple(marks))  # type: ignore[arg-type]
        return Figure(key="roc", title="Figure 2. All", alt="four rows", panels=(panel,))

    @staticmethod
    def gallery(*, side: int = 168, number: int = 4) -> Gallery:
        """A gallery: one picture for all methods, the others for one method each."""
        methods = [(), *((method,) for method in SamplePage.METHODS)]
        return Gallery(
            key="g",
            title=f"Figure 3. {SamplePage.HOSTILE[1]}",
            pictures=tuple(
                Picture(
                    pixels=np.full((side, side, 3), 20 * n, dtype=np.uint8),
                    alt=SamplePage.HOSTILE[n % 5],
                    caption=f"case {n} {SamplePage.HOSTILE[2]}",
                    methods=methods[n % 5],
                )
                for n in range(number)
            ),
            notes=(SamplePage.HOSTILE[0],),
        )

    @staticmethod
    def page(*blocks: Block, chosen: tuple[str, ...] = ("a", "b")) -> Page:
        shown = blocks or (
            Paragraph(key="answer", title="Answer", lines=SamplePage.HOSTILE),
            SamplePage.table(),
            SamplePage.roc(),
            SamplePage.forest(),
            Paragraph(
                key='x" onclick="alert(4)', title=SamplePage.HOSTILE[1], lines=SamplePage.HOSTILE
            ),
        )
        return Page(
            title=f"Does it help? {SamplePage.HOSTILE[1]}",
            subtitle=SamplePage.HOSTILE[0],
            methods=SamplePage.METHODS,
            chosen=chosen,
            blocks=tuple(shown),
            badge="SYNTHETIC",
        )


@pytest.fixture(scope="session")
def sample() -> type[SamplePage]:
    return SamplePage


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    configured = os.environ.get("LNMBENCH_TEST_CHROMIUM")
    executable = configured or next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip("no Chromium: install one or set LNMBENCH_TEST_CHROMIUM")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_page(SamplePage.page(), "html"), encoding="utf-8")
    return path


class Opened:
    """A page in a browser, with its console messages and its requests."""

    def __init__(self, browser: Any, file: Path, **settings: Any) -> None:
        defaults = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        self.context = browser.new_context(**(defaults | settings))
        self.tab = self.context.new_page()
        self.messages: list[str] = []
        self.requests: list[str] = []
        self.tab.on("console", lambda message: self.messages.append(message.text))
        self.tab.on("pageerror", lambda error: self.messages.append(str(error)))
        self.tab.on("dialog", lambda dialog: self.messages.append("a dialog"))
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.file = file
        self.tab.goto(file.as_uri())

    def reload(self) -> None:
        """Open the page anew, as if for the first time."""
        self.tab.emulate_media(media="screen")
        self.tab.mouse.move(0, 0)
        self.messages.clear()
        self.requests.clear()
        self.tab.goto("about:blank")
        self.tab.goto(self.file.as_uri())

    def count(self, selector: str) -> int:
        """Return how many elements of a selector are visible."""
        return sum(element.is_visible() for element in self.tab.query_selector_all(selector))


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Opens files in contexts of their own."""
    pages: list[Opened] = []

    def open_(file: Path, **settings: Any) -> Opened:
        pages.append(Opened(browser, file, **settings))
        return pages[-1]

    yield open_
    for page in pages:
        page.context.close()


@pytest.fixture(scope="session")
def shared_page(browser: Any, file: Path) -> Iterator[Opened]:
    page = Opened(browser, file)
    yield page
    page.context.close()


@pytest.fixture
def opened(shared_page: Opened, file: Path) -> Iterator[Opened]:
    """The sample page, opened anew; it must neither complain nor load anything."""
    shared_page.reload()
    yield shared_page
    assert shared_page.messages == []
    requests = [url for url in shared_page.requests if not url.startswith(("data:", "blob:"))]
    assert [url for url in requests if url != "about:blank"] == [file.as_uri()]
