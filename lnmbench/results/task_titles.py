"""Titles of the auxiliary tasks of a method."""

from __future__ import annotations

from lnmbench.records import Choice, Method, Results, is_shuffled, unshuffle
from lnmbench.results.formatting import join_and

_AUTOMATIC = "auto"


def aux_title(method: Method) -> str:
    """Return the auxiliary tasks of a method in one text that marks controls.

    Parameters that are chosen automatically are left out: `pt + column:name=grade`.
    """
    mark = "negative control" if method.is_permuted else "labels permuted"
    names = [(_drop_automatic(choice), is_shuffled(choice)) for choice in method.aux]
    title = " + ".join(f"{name} ({mark})" if permuted else name for name, permuted in names)
    return title if method.control == "none" else f"{title} ({method.control} control)"


def _drop_automatic(choice: Choice) -> str:
    parameters = unshuffle(choice).parameters
    chosen = {name: value for name, value in parameters.items() if value != _AUTOMATIC}
    return str(Choice(name=choice.name, parameters=chosen))


def describe_aux(results: Results, method: Method) -> str:
    """Return the titles of a method's auxiliary tasks, with the options in parentheses.

    `pathological T stage (pt)`; the options alone if the results lack a title.
    """
    labels = [results.aux_labels.get(choice.key) for choice in method.aux]
    titles = [label.title for label in labels if label is not None]
    options = aux_title(method)
    return f"{join_and(titles)} ({options})" if len(titles) == len(labels) else options
