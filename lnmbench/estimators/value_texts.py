"""Texts of the values of parameters, equal for equal values in every process."""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

from lnmbench.errors import UserError, reading
from lnmbench.estimators.code_versions import (
    CHECKSUM,
    checksum,
    class_checksum,
    function_checksum,
    module_version,
)

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_PICKLE_PROTOCOL = 4


class ValueTexts:
    """Texts of values; `versions` are those of the code that the values consist of.

    A classifier is described by its class and its parameters, an array by a checksum, a file by
    that of its content, and other objects by that of their pickle.

    Examples
    --------
    >>> texts = ValueTexts()
    >>> texts.describe({"depth": [1, None], "rate": 0.5})
    "{'depth': list(1, None), 'rate': 0.5}"
    """

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}

    def describe(self, value: object) -> str:
        """Return the text of a value; `UserError` if it has none that is the same tomorrow."""
        import numpy as np

        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, _PLAIN):
            return repr(value)
        if isinstance(value, list | tuple):
            return f"{type(value).__name__}({', '.join(map(self.describe, value))})"
        if isinstance(value, set | frozenset):
            return f"set({', '.join(sorted(map(self.describe, value)))})"
        if isinstance(value, Mapping):
            pairs = (f"{self.describe(key)}: {self.describe(each)}" for key, each in value.items())
            return f"{{{', '.join(pairs)}}}"
        if isinstance(value, np.ndarray) and value.dtype != object:
            content = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
            return f"array({value.dtype.str}, {value.shape}, {content})"
        if isinstance(value, Path):
            return self._describe_path(value)
        return self._describe_code_or_object(value)

    def describe_class(self, cls: type) -> str:
        """Return the name of a class, with checksums of it and its bases in no package."""
        parts = [f"{cls.__module__}.{cls.__qualname__}"]
        for base in cls.__mro__:
            if not self._add_version(base.__module__):
                parts.append(class_checksum(base))
        return " ".join(parts)

    def _describe_code_or_object(self, value: object) -> str:
        if isinstance(value, type):
            return self.describe_class(value)
        if isinstance(value, MethodType):
            return f"{self.describe(value.__self__)}.{value.__func__.__qualname__}"
        if isinstance(value, partial):
            return f"partial{self.describe((value.func, value.args, value.keywords))}"
        if isinstance(value, FunctionType):
            return self._describe_function(value)
        if callable(getattr(value, "get_params", None)):
            return self._describe_estimator(value)
        return self._describe_pickled(value)

    def _describe_function(self, function: FunctionType) -> str:
        name = f"{function.__module__}.{function.__qualname__}"
        if self._add_version(function.__module__):
            return name
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        values = (cells, function.__defaults__, function.__kwdefaults__)
        return f"{name} {function_checksum(function)} {self.describe(values)}"

    def _describe_estimator(self, model: Any) -> str:
        parameters = sorted(model.get_params(deep=False).items())
        pairs = [f"{name}={self.describe(value)}" for name, value in parameters]
        if type(model).__name__ == "FrozenEstimator":  # a clone of it stays fitted
            pairs.append(self._describe_pickled(model))
        return f"{self.describe_class(type(model))}({', '.join(pairs)})"

    def _describe_path(self, path: Path) -> str:
        if not path.is_file():
            return repr(str(path))
        with reading(path), path.open("rb") as file:
            return f"file({hashlib.file_digest(file, 'sha256').hexdigest()})"

    def _describe_pickled(self, value: object) -> str:
        name = self.describe_class(type(value))
        try:
            content = pickle.dumps(value, protocol=_PICKLE_PROTOCOL)
        except Exception as error:  # an object of the user may raise anything
            raise UserError(
                "this value has no checksum, by which a method is known again",
                expected="numbers, texts, arrays, classifiers, functions of a module, or what"
                " pickle can write",
                got=f"the {type(value).__name__}",
            ) from error
        return f"{name} {checksum(content)}"

    def _add_version(self, module: str) -> bool:
        """Add the version of a module's package or file; return whether it has a package.

        Python's own modules have none, as everywhere in a method.
        """
        if module.partition(".")[0] in sys.stdlib_module_names:
            return True
        versions = module_version(module)
        self.versions |= versions
        return any(not version.startswith(CHECKSUM) for version in versions.values())
