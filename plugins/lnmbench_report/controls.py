"""Wording of networks against their negative controls, for answer and conclusion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lnmbench.records import Results
from lnmbench.results import (
    Claim,
    ControlTest,
    Evidence,
    Question,
    describe_verdicts,
    format_p_equation,
    join_and,
    lacks_positive_effect,
    make_claims,
)
from lnmbench.text import plural

PERMUTED = "(labels randomly permuted)"
REMEDY = "add --controls 19"


def describe_controls(results: Results, questions: Sequence[Question]) -> Iterator[str]:
    """Yield a clause on the networks against their controls, and one on those without a control.

    A gain is attributed to the labels only if a network is better than its controls.
    """
    claims = {q.method.fingerprint: make_claims(results, q) for q in questions}
    decided = [group for group in claims.values() if _is_decided(group)]
    if len(decided) == 1:
        yield f"against {describe_control_tests(decided[0])}{_describe_consequence(decided)}"
    elif decided:
        yield f"{_count_directions(decided)}{_describe_consequence(decided)}"
    undecided = [group for group in claims.values() if not _is_decided(group)]
    by_evidence: dict[Evidence, list[Sequence[Claim]]] = {}
    for group in undecided:
        by_evidence.setdefault(group[0].evidence if group else "none", []).append(group)
    yield from _describe_oracle(results, questions, claims.values())
    for evidence, groups in by_evidence.items():
        scope = f" for {len(groups)} of {len(claims)} networks" if len(groups) < len(claims) else ""
        yield _describe_missing(evidence, groups, scope)


def _describe_oracle(
    results: Results, questions: Sequence[Question], claims: Iterable[Sequence[Claim]]
) -> Iterator[str]:
    """Yield a clause if no gain is shown, not even by the target itself as the label."""
    if any(claim.gain for group in claims for claim in group):
        return
    if any(lacks_positive_effect(results, question) for question in questions):
        yield (
            "a positive control, the target itself as the auxiliary label, is not shown to improve "
            "prediction either, so the experiment has not shown that it can find the effect of a "
            "label"
        )


def describe_attribution(claims: Sequence[Claim]) -> Iterator[str]:
    """Yield a sentence on the controls of one question and what follows, for the conclusion.

    There is none without a planned control if no gain is to be attributed.
    """
    if _is_decided(claims):
        yield f"Against {describe_control_tests(claims)}{_describe_consequence([claims])}."
    elif any(claim.gain or claim.planned for claim in claims):
        text = _describe_missing(claims[0].evidence, [claims], "")
        yield f"{text[:1].upper()}{text[1:]}."


def describe_control_tests(claims: Sequence[Claim]) -> str:
    """Return the controls of one network with the result of their test in each metric."""
    controls = claims[0].controls
    subject = (
        f"its {controls} negative controls" if controls > 1 else "its negative control"
    ) + f" {PERMUTED}"
    tests = [claim.test for claim in claims if claim.permuted and claim.test is not None]
    if tests:
        by_result: dict[int, list[ControlTest]] = {}
        for test in tests:
            by_result.setdefault(test.reaching, []).append(test)
        return f"{subject}: {'; '.join(map(_describe_permutation, by_result.values()))}"
    hardest = [claim.hardest for claim in claims if claim.hardest is not None]
    strongest = ", in each metric the strongest one" if controls > 1 else ""
    return f"{subject}{strongest}: {describe_verdicts(hardest)}"


def _describe_permutation(tests: Sequence[ControlTest]) -> str:
    """Return the result of tests that as many controls reach, and that have equal p."""
    reaching, p = tests[0].reaching, format_p_equation(tests[0].pvalue)
    metrics = join_and([test.metric_title for test in tests])
    if not reaching:
        return f"better than all of them in {metrics} (permutation {p})"
    verb = "is" if reaching == 1 else "are"
    return f"{reaching} {verb} as good or better in {metrics} (permutation {p})"


def _describe_consequence(claims: Sequence[Sequence[Claim]]) -> str:
    """Return what follows for gains that the controls share, and for labels without a gain."""
    each = [claim for group in claims for claim in group]
    gains = [claim for claim in each if claim.gain]
    shared = [claim for claim in gains if not claim.helps]
    if shared:
        subject = "the gain is" if len(gains) == 1 else f"{len(shared)} of {len(gains)} gains are"
        return f", so {subject} not shown to come from the labels"
    beaten = dict.fromkeys(c.effect.metric_title for c in each if c.evidence == "beaten")
    if gains or not beaten:
        return ""
    if len(claims) > 1:
        tests = sum(claim.decided for claim in each)
        return (
            f", which suggests, without correction for the {tests} tests, that labels matter where "
            "a network is better, but a gain over the network without the task is not demonstrated"
        )
    return (
        f", which suggests that its labels matter in {join_and(list(beaten))}, but a gain over the "
        "network without the task is not demonstrated"
    )


def _describe_missing(
    evidence: Evidence, claims_by_network: Sequence[Sequence[Claim]], scope: str
) -> str:
    """Return why the controls of networks allow no verdict on the labels, and what to do."""
    gains = any(claim.gain for claims in claims_by_network for claim in claims)
    verb = "the gain cannot" if gains else "a gain could not"
    if evidence == "unfinished":
        complete = sum(claims[0].controls for claims in claims_by_network)
        planned = sum(claims[0].planned for claims in claims_by_network)
        return (
            f"the negative controls {PERMUTED} are not finished{scope} ({complete} of {planned}), "
            f"so {verb} be attributed to the labels yet; resume the run"
        )
    if evidence == "undefined":
        return (
            f"the metrics of the negative controls {PERMUTED} are undefined on some folds{scope}, "
            f"so {verb} be attributed to the labels"
        )
    return (
        f"no negative control {PERMUTED} was run{scope}, so {verb} be attributed to the labels; "
        f"{REMEDY}"
    )


def _is_decided(claims: Sequence[Claim]) -> bool:
    return any(claim.decided for claim in claims)


def _count_directions(claims: Sequence[Sequence[Claim]]) -> str:
    """Return the number of networks with each direction, metric by metric."""
    directions: dict[str, list[str]] = {}
    for claim in (claim for group in claims for claim in group):
        if claim.decided:
            directions.setdefault(claim.effect.metric_title, []).append(_name_direction(claim))
    counts = [
        f"{title} ({', '.join(f'{group.count(name)} {name}' for name in sorted(set(group)))})"
        for title, group in directions.items()
    ]
    each = "each of " if any(claim.controls > 1 for group in claims for claim in group) else ""
    networks = plural(len(claims), "network")
    return f"of {networks} against {each}their negative controls {PERMUTED}: {', '.join(counts)}"


def _name_direction(claim: Claim) -> str:
    if claim.evidence == "beaten":
        return "shown to be better"
    is_worse = claim.hardest is not None and claim.hardest.direction == "worse"
    return "shown to be worse" if is_worse else "not shown to be better"
