from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

import pytest
import sklearn

from lnmbench.estimators.code_versions import (
    MAIN,
    checksum,
    class_checksum,
    function_checksum,
    module_version,
)


def define(text: str, name: str) -> type | FunctionType:
    """Return what a cell of a notebook defines by a name."""
    names: dict[str, type | FunctionType] = {"__name__": MAIN}  # type: ignore[dict-item]
    exec(text, names)
    return names[name]


def test_a_package_has_its_version_and_a_file_its_checksum() -> None:
    assert module_version("sklearn.svm._classes") == {"sklearn": sklearn.__version__}
    content = Path(__file__).read_bytes()
    assert module_version(__name__) == {__name__: checksum(content)}
    assert checksum(content) == f"sha256:{hashlib.sha256(content).hexdigest()[:16]}"
    assert module_version("no_such_module") == {}
    assert module_version(MAIN) == {}, "a script changes more often than the class in it"


CLASS = """
rate = 0.5
def shrink(x):
    return x * rate
class Model:
    depth = 2
    def fit(self, x):
        return [each for each in shrink(x) if each in {"a", "b"}]
    @property
    def size(self):
        return 1
    @staticmethod
    def scale(x):
        return x + 1
    @functools.cached_property
    def cached(self):
        return 5
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("depth = 2", "depth = 3"),
        ("in shrink(x)", "in reversed(shrink(x))"),
        ('{"a", "b"}', '{"a", "c"}'),
        ("return 1", "return 2"),
        ("x + 1", "x + 2"),
        ("return 5", "return 6"),
        ("x * rate", "x / rate"),
        ("rate = 0.5", "rate = 0.6"),
    ],
)
def test_each_change_of_a_class_or_its_functions_changes_the_checksum(
    before: str, after: str
) -> None:
    text = f"import functools\n{CLASS}"
    assert before in text
    first, second, changed = (
        define(each, "Model") for each in (text, text, text.replace(before, after))
    )
    assert class_checksum(first) == class_checksum(second)
    assert class_checksum(first) != class_checksum(changed)


def test_the_same_code_has_the_same_checksum_in_another_process(
    run_python: Callable[[str], str],
) -> None:
    text = f"import functools\n{CLASS}"
    code = f"""
from lnmbench.estimators.code_versions import class_checksum
names = {{"__name__": "__main__"}}
exec({text!r}, names)
print(class_checksum(names["Model"]))
"""
    assert run_python(code) == class_checksum(define(text, "Model"))


def test_functions_that_call_themselves_have_a_checksum() -> None:
    text = "def f(n):\n    return f(n - 1) + g(n)\ndef g(n, k={}):\n    return f(n) * k"
    one, two, other = (define(text.format(k), "f") for k in (1, 1, 2))
    assert function_checksum(one) == function_checksum(two) != function_checksum(other)


def test_a_method_that_is_wrapped_counts_by_its_function() -> None:
    text = "import functools\nclass A:\n    @classmethod\n    def f(cls):\n        return {}"
    one, other = (define(text.format(k), "A") for k in (1, 2))
    assert class_checksum(one) != class_checksum(other)
    assert isinstance(vars(one)["f"], classmethod)
