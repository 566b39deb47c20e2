"""The family of tests over which Holm's correction runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from lnmbench.records import BaselineMethod, Family, Method, NetworkMethod
from lnmbench.results.questions import find_aux_questions

FAMILY_TITLES: dict[Family, str] = {
    "auxiliary": "each network with auxiliary tasks against the same network without them",
    "versus-baseline": "each network against each baseline",
    "all-pairs": "every pair of methods",
}
"""The pairs of each family, in words; controls are in none of them."""


def find_family(methods: Sequence[Method], family: Family) -> frozenset[frozenset[str]]:
    """Return the pairs of fingerprints in Holm's family, none if it is every pair.

    Without a question on auxiliary tasks, the family `auxiliary` is every pair, but no pair with an
    image control. Calls and methods that lack cases are in none.

    Parameters
    ----------
    methods
        All planned methods, complete or not.
    family
        The declared family.
    """
    methods = [method for method in methods if method.is_scored]
    compared = [method for method in methods if not method.is_control]
    if family == "versus-baseline":
        networks = [m.fingerprint for m in compared if isinstance(m, NetworkMethod)]
        baselines = [m.fingerprint for m in compared if isinstance(m, BaselineMethod)]
        return frozenset(frozenset((a, b)) for a in networks for b in baselines)
    if family == "all-pairs":
        return frozenset(map(frozenset, combinations([m.fingerprint for m in compared], 2)))
    questions = find_aux_questions(methods)
    if questions or not any(method.has_changed_images for method in methods):
        return frozenset(question.fingerprints for question in questions)
    keys = [method.fingerprint for method in methods if not method.has_changed_images]
    return frozenset(map(frozenset, combinations(keys, 2))) or frozenset([frozenset(keys)])
