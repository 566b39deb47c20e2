"""A report as one HTML file that opens offline: no script, style or image from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from lnmbench.records import Figure, Page
from lnmbench.rendering.figures import DARK, LIGHT, looks_of
from lnmbench.rendering.html.data import Lists, script_json
from lnmbench.rendering.html.view import Place, parts

# in this order: what a file does at once uses only what stands before it
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
    """Return a page with its figures as inline SVG; every text of it is taken for hostile.

    A content security policy names the only style and the only script by their hashes, so that
    nothing else runs or loads even where an escape should ever be missing.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    from lnmbench.rendering.html import wording

    place = Place(
        methods={method: number for number, method in enumerate(page.methods)},
        looks=looks_of((b for b in page.blocks if isinstance(b, Figure)), page.methods),
        lists=Lists(),
    )
    made = parts(page.blocks, place)
    style, script = colors() + _read("style.css"), scripts()
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(_read("template.html"))
    text = template.render(
        page=page,
        parts=made,
        wording=wording,
        methods=[(label, method in page.chosen) for method, label in page.methods.items()],
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        numbers=Markup(script_json({**place.data(), "methods": list(page.methods.values())})),
    )
    return text + "\n"


def colors() -> str:
    """Return the style rules that set the page's colors: light, dark by choice, light on paper."""
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
    """Return the page's script: the files of `SCRIPTS` joined, in a scope of their own."""
    parts = [_read(f"scripts/{name}.js") for name in SCRIPTS]
    return "\n".join(['"use strict";', "(() => {", *parts, "})();"])


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
