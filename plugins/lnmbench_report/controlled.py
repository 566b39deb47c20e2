"""What shuffled controls say of the gains of an auxiliary task, in a clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lnmbench.records import Results
from lnmbench_report.answered import verdicts
from lnmbench_report.arms import Question, control_questions
from lnmbench_report.findings import Direction, Finding, findings

_TOLD: dict[Direction, str] = {
    "better": "shown to be better",
    "worse": "shown to be worse",
    "open": "not shown to differ",
    "same": "the same in every fold",
}
_HARDEST: tuple[Direction, ...] = ("worse", "same", "open", "better")


def controlled(results: Results, asked: Sequence[Question]) -> Iterator[str]:
    """Return what the networks show against their controls, and how many have none.

    A network must be better than every control of its own.
    """
    methods = {question.method.fingerprint for question in asked}
    own = [q for q in control_questions(results) if q.method.fingerprint in methods]
    against = _by_network(results, own)
    if against:
        yield _against(own, list(against.values())) + _unsupported(results, asked, against)
    lacking = len(methods) - len(against)
    if lacking:
        which = "" if lacking == len(methods) else f" for {lacking} of {len(methods)} networks"
        run = any(o.method.is_control and not o.complete for o in results.method_results)
        state = "is finished" if run else "was run"
        yield f"no shuffled control {state}{which}, without which no gain can be put down to labels"


def _by_network(results: Results, own: Sequence[Question]) -> dict[str, list[Finding]]:
    """What each network shows against its controls: in each metric, the hardest one to beat."""
    found: dict[str, dict[str, Finding]] = {}
    for question in own:
        hardest = found.setdefault(question.method.fingerprint, {})
        for finding in findings(results, question):
            rival = hardest.get(finding.metric, finding)
            hardest[finding.metric] = max(rival, finding, key=_hardness)
    return {method: list(hardest.values()) for method, hardest in found.items()}


def _hardness(finding: Finding) -> tuple[int, float]:
    worse = finding.direction == "worse"
    return -_HARDEST.index(finding.direction), -finding.holm if worse else finding.holm


def _against(own: Sequence[Question], found: Sequence[Sequence[Finding]]) -> str:
    if len(own) == 1:
        return f"against its shuffled control: {verdicts(found[0])}"
    if len(found) == 1:
        return (
            f"against its {len(own)} shuffled controls, the hardest to beat in each metric: "
            f"{verdicts(found[0])}"
        )
    every = " every one of" if len(own) > len(found) else ""
    return f"of {len(found)} networks against{every} their shuffled controls: {_tally(found)}"


def _tally(found: Sequence[Sequence[Finding]]) -> str:
    """How many networks found what, metric by metric."""
    metrics: dict[str, list[Direction]] = {}
    for finding in (one for each in found for one in each):
        metrics.setdefault(finding.metric, []).append(finding.direction)
    return ", ".join(f"{metric} ({_counts(own)})" for metric, own in metrics.items())


def _counts(directions: Sequence[Direction]) -> str:
    return ", ".join(f"{directions.count(one)} {_TOLD[one]}" for one in _TOLD if one in directions)


def _unsupported(
    results: Results, asked: Sequence[Question], against: Mapping[str, Sequence[Finding]]
) -> str:
    """What is to be said of gains that a control does not bear out in the same metric."""
    gains = {
        (question.method.fingerprint, finding.metric)
        for question in asked
        if question.method.fingerprint in against
        for finding in _better(findings(results, question))
    }
    beaten = {(key, finding.metric) for key, found in against.items() for finding in _better(found)}
    if not gains - beaten:
        return ""
    lacking, every = len(gains - beaten), len(gains)
    which = "the gain is" if every == 1 else f"{lacking} of {every} gains are"
    return f", so that {which} not shown to come from what the labels say"


def _better(found: Sequence[Finding]) -> Iterator[Finding]:
    yield from (finding for finding in found if finding.direction == "better")
