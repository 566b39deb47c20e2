"""Wording of networks against their negative controls, for answer and conclusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Results
from lnmbench.results import (
    Claim,
    ControlTest,
    Question,
    describe_verdicts,
    format_p_equation,
    join_and,
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
    decided = [group for group in claims.values() if group and _is_decided(group)]
    if len(decided) == 1:
        yield f"against {describe_control_tests(decided[0])}{_describe_consequence(decided)}"
    elif decided:
        yield f"{_count_directions(decided)}{_describe_consequence(decided)}"
    undecided = [group for group in claims.values() if not _is_decided(group)]
    if undecided:
        scope = f" for {len(undecided)} of {len(claims)} networks" if decided else ""
        yield _describe_missing([claim for group in undecided for claim in group], scope)


def describe_attribution(claims: Sequence[Claim]) -> Iterator[str]:
    """Yield a sentence on the controls of one question and what follows, for the conclusion.

    There is none without a control if no gain is to be attributed.
    """
    if claims and _is_decided(claims):
        yield f"Against {describe_control_tests(claims)}{_describe_consequence([claims])}."
    elif any(claim.gain for claim in claims):
        text = _describe_missing(claims, "")
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
    if not hardest:
        return f"{subject}: not compared"
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
    return (
        f", which suggests that its labels matter in {join_and(list(beaten))}, but a gain over the "
        "network without the task is not demonstrated"
    )


def _describe_missing(claims: Sequence[Claim], scope: str) -> str:
    gains = any(claim.gain for claim in claims)
    verb = "the gain cannot" if gains else "a gain could not"
    if any(claim.evidence == "unfinished" for claim in claims):
        return (
            f"the negative controls {PERMUTED} are not finished{scope}, so {verb} be attributed to "
            "the labels yet; resume the run"
        )
    return (
        f"no negative control {PERMUTED} was run{scope}, so {verb} be attributed to the labels; "
        f"{REMEDY}"
    )


def _is_decided(claims: Sequence[Claim]) -> bool:
    return any(claim.evidence in ("beaten", "not beaten") for claim in claims)


def _count_directions(claims: Sequence[Sequence[Claim]]) -> str:
    """Return the number of networks with each direction, metric by metric."""
    directions: dict[str, list[str]] = {}
    for claim in (claim for group in claims for claim in group):
        if claim.evidence in ("beaten", "not beaten"):
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
