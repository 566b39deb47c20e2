"""The HTML file of a report: template, styles and scripts in one file that loads nothing."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from lnmbench.records import Figure, Page
from lnmbench.rendering.figures import DARK, LIGHT, make_styles
from lnmbench.rendering.html.page_parts import PageContext, build_parts
from lnmbench.rendering.html.script_data import NumberLists, script_json

# in this order: each file uses only names of earlier ones when it is loaded
SCRIPTS = (
    "page",
    "theme",
    "folds",
    "sorting",
    "numbers",
    "rows",
    "points",
    "tip",
    "pointing",
    "chooser",
    "csv",
    "drawing",
    "saving",
)


def to_html(page: Page) -> str:
    """Return a page with its figures as inline SVG; every text is escaped.

    A content security policy names the only style and the only script by their hashes, so that
    nothing else runs or loads even if an escape were missing.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    from lnmbench.rendering.html import text_markup

    context = PageContext(
        methods={method: number for number, method in enumerate(page.methods)},
        styles=make_styles(
            (b for b in page.blocks if isinstance(b, Figure)), page.methods, page.controls
        ),
        lists=NumberLists(),
    )
    parts = build_parts(page.blocks, context)
    style, script = colors() + _read("style.css"), scripts()
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(_read("template.html"))
    text = template.render(
        page=page,
        parts=parts,
        text_markup=text_markup,
        methods=[(label, method in page.chosen) for method, label in page.methods.items()],
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        numbers=Markup(script_json({**context.data(), "methods": list(page.methods.values())})),
    )
    return text + "\n"


def colors() -> str:
    """Return the style rules of the page's colors: light, dark by choice, light on paper."""
    light, dark = (
        "".join(f"--{name}:{value};" for name, value in scheme.items()) for scheme in (LIGHT, DARK)
    )
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
        "@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
    )


def scripts() -> str:
    """Return the page's script: the files of `SCRIPTS` in one function scope."""
    texts = [_read(f"scripts/{name}.js") for name in SCRIPTS]
    return "\n".join(['"use strict";', "(() => {", *texts, "})();"])


def _read(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        for text in (style, script)
    ]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
