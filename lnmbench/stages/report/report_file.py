"""A report as a file."""

from __future__ import annotations

from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.records import Gallery, Page
from lnmbench.rendering import render_page
from lnmbench.store.atomic import replacing


def write_report(page: Page, output: Path, format: str) -> None:
    """Write a page to a file, which appears complete or not at all.

    The user alone can read a file with images of cases.

    Parameters
    ----------
    page
        The page.
    output
        The file; one that exists is replaced.
    format
        One of `lnmbench.rendering.PAGE_FORMATS`.

    Raises
    ------
    UserError
        For an unknown format, and if `output` is a folder.
    """
    text = render_page(page, format)
    refuse_folder(output)
    with replacing(output, private=has_images(page)) as temporary_path:
        temporary_path.write_text(text, encoding="utf-8")


def refuse_folder(output: Path) -> None:
    """Raise `UserError` if the file to write is a folder."""
    if output.is_dir():
        raise UserError("cannot write", where=str(output), expected="a file", got="a folder")


def has_images(page: Page) -> bool:
    """Return whether a page shows images of cases, so that the user alone should read it."""
    return any(isinstance(block, Gallery) for block in page.blocks)
