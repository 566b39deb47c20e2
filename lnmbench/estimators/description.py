"""Descriptions of a classifier: exact for its checksum, short for the report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lnmbench.errors import UserError
from lnmbench.estimators.value_texts import ValueTexts
from lnmbench.redaction import redact_paths
from lnmbench.text import clean

LONGEST_DESCRIPTION = 300
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def describe_exactly(model: Any, where: str) -> tuple[str, dict[str, str]]:
    """Return all that predictions depend on as text, and the versions of the code."""
    texts = ValueTexts()
    for name, value in sorted(model.get_params(deep=False).items()):
        try:
            texts.describe(value)
        except (UserError, RecursionError) as error:
            reason = "it contains itself" if isinstance(error, RecursionError) else str(error)
            raise UserError(
                f"cannot use the parameter {name} of {type(model).__name__}",
                where=where,
                got=reason,
            ) from error
    return texts.describe(model), texts.versions


def describe_shortly(
    model: Any, search: Mapping[str, Sequence[object]], *, keeps_missing: bool
) -> str:
    """Return class, parameters and search space for the report, without folders of files.

    Parameters
    ----------
    model
        The classifier.
    search
        The values of each searched parameter.
    keeps_missing
        Whether it gets missing values.
    """
    try:
        text = repr(model)
    except Exception:  # the object is the user's and may raise anything
        text = f"{type(model).__name__}(…)"
    text = redact_paths(_ADDRESS.sub("", text))
    parts = [" ".join(f"{type(model).__module__}.{text}".split())]
    if search:
        values = (f"{name}={'+'.join(map(str, each))}" for name, each in search.items())
        parts.append(f"search: {', '.join(values)}")
    if keeps_missing:
        parts.append("missing values kept")
    shortened = [clean(part) for part in parts]
    return "; ".join(
        part if len(part) <= LONGEST_DESCRIPTION else f"{part[:LONGEST_DESCRIPTION]}…"
        for part in shortened
    )
