"""Labels that distinguish the methods of a report, and the order in which they are listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, replace

from lnmbench.records import Method, NetworkMethod
from lnmbench.text import clean

_SUFFIX = re.compile(r" \[[^\[\]]*\]$")


def make_labels_unique(methods: Sequence[Method]) -> list[Method]:
    """Return the methods with labels that distinguish them.

    Methods of one label get a suffix with the training settings in which they differ, or with
    their fingerprints if these settings are equal. Labels that differ in invisible characters only
    are one label.
    """
    by_label: dict[str, list[Method]] = {}
    methods = [replace(method, label=clean(method.label)) for method in methods]
    for method in methods:
        by_label.setdefault(method.label, []).append(method)
    return [_add_suffix(method, by_label[method.label]) for method in methods]


def strip_suffix(method: Method) -> Method:
    """Return the method with the label that it had before `make_labels_unique`."""
    return replace(method, label=_SUFFIX.sub("", method.label))


def listing_order(method: Method) -> tuple[int, int, bool]:
    """Return the sort key of methods: baselines, networks alone, then those with tasks."""
    return int(isinstance(method, NetworkMethod)), len(method.aux), method.is_control


def _add_suffix(method: Method, same_label: Sequence[Method]) -> Method:
    if len(same_label) == 1:
        return method
    settings = [
        asdict(other.training) if isinstance(other, NetworkMethod) else {} for other in same_label
    ]
    differing = [
        name for name in settings[0] if len({str(values.get(name)) for values in settings}) > 1
    ]
    texts = [", ".join(f"{name}={values.get(name)}" for name in differing) for values in settings]
    text = texts[same_label.index(method)]
    suffix = method.fingerprint[:6] if texts.count(text) > 1 else text.replace("None", "none")
    return replace(method, label=f"{method.label} [{suffix}]")
