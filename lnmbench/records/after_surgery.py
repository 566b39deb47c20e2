"""Names of variables that are known only after surgery: pathology, treatment, follow-up."""

from __future__ import annotations

import re

_AFTER = re.compile(
    r"patholog|histopath|grade|differentiation|invasion|margin|resid|recur|relapse|progress"
    r"|surviv|death|dead|died|vital|alive|follow|last.?contact|outcome|response|adjuvant|therap"
    r"|treatment|chemo|radiation|surg|resect|node.*(positive|examined|involved)|metasta"
    r"|tumou?r.?status|new.?tumou?r|mutation|translocation|rearrange|(^|[^a-z])y?p[tnm]([^a-z]|$|stage)"
    r"|(^|[^a-z])patho?([^a-z]|stage|[tnm]([^a-z]|$)|$)|positive.*node|node.*pos([^a-z]|$)"
    r"|(^|[^a-z])(os|dfs|pfs|rfs|lvi|vpi)([^a-z]|$)",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"^age|neo.?adjuvant|clinical|(^|[^a-z])(?-i:c[TNM])([^a-z]|$)", re.IGNORECASE)


def known_after(name: str) -> bool:
    """Return whether a name suggests a variable that is known only after surgery.

    Examples
    --------
    >>> [known_after(name) for name in ("pathological T", "pN", "adjuvant chemo", "resid_margin")]
    [True, True, True, True]
    >>> [known_after(name) for name in ("age at surgery", "clinical_grade", "CEA", "cN")]
    [False, False, False, False]
    """
    return bool(_AFTER.search(name)) and not known_before(name)


def known_before(name: str) -> bool:
    """Return whether a name states that the variable is known before surgery."""
    return bool(_BEFORE.search(name))
