"""Names and docstrings follow the style of the project (docs/glossary.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path.relative_to(ROOT)
    for folder in ("lnmbench", "plugins", "datasets")
    for path in (ROOT / folder).rglob("*.py")
)
FORBIDDEN_NAMES = frozenset(
    (
        *("own", "one", "made", "found", "told", "given", "there", "kept", "asked", "said"),
        *("taken", "wanted", "seen", "gone", "beside", "every", "of", "at", "thing", "things"),
        *("it", "them", "theirs", "mine"),
    )
)
"""Names that do not say what they hold."""
QUESTION_WORDS = ("What", "How", "Whether", "Which", "Where", "Who", "When ")

Docstringed = ast.Module | ast.ClassDef | ast.FunctionDef


def tree(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def bindings(module: Path) -> Iterator[tuple[str, int]]:
    """Yield (name, line) of each variable, attribute, argument, function, class and alias."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno


def test_names_say_what_they_hold() -> None:
    vague = [
        f"{module}:{line}: {name}"
        for module in MODULES
        for name, line in bindings(module)
        if name.strip("_").lower() in FORBIDDEN_NAMES
    ]
    assert not vague


def test_no_docstring_begins_with_a_question_word() -> None:
    questions = [
        f"{module}: {docstring.splitlines()[0]}"
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, Docstringed)
        and (docstring := ast.get_docstring(node) or "").startswith(QUESTION_WORDS)
    ]
    assert not questions
