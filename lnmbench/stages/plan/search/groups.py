"""Groups of candidates that share a stack: they differ only in settings that each fit has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lnmbench.errors import UserError
from lnmbench.records import Candidate, Choice, NetworkMethod, Settings
from lnmbench.records.training import POOLINGS
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.candidates import make_candidates
from lnmbench.stages.plan.search.space import plugin_choices


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateGroup:
    """Candidates of one stack, and the variant of the network that they share."""

    method: NetworkMethod
    candidates: tuple[Candidate, ...]


def search_groups(
    method: NetworkMethod, seed: int, registry: Registry
) -> tuple[CandidateGroup, ...]:
    """Return the candidates of a network's search in groups.

    Parameters
    ----------
    method, seed, registry
        As in `make_candidates`.
    """
    return group_candidates(method, make_candidates(method, seed, registry))


def group_candidates(
    method: NetworkMethod, candidates: Sequence[Candidate]
) -> tuple[CandidateGroup, ...]:
    """Return the candidates in groups that share a variant of the network.

    Raises `UserError` for a candidate that makes two of a method's tasks the same.
    """
    variants: dict[str, NetworkMethod] = {}
    members: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        variant = _variant(method, candidate.settings)
        variants.setdefault(variant.fingerprint, variant)
        members.setdefault(variant.fingerprint, []).append(candidate)
    return tuple(
        CandidateGroup(method=variant, candidates=tuple(members[key]))
        for key, variant in variants.items()
    )


def _variant(method: NetworkMethod, settings: Settings) -> NetworkMethod:
    """Return the method with those settings that its fits cannot have one by one."""
    training = method.training
    if "token_dim" in settings:
        training = replace(training, token_dim=int(_number(settings, "token_dim")))
    if "pooling" in settings:
        pooling = next(kind for kind in POOLINGS if kind == settings["pooling"])
        training = replace(training, pooling=pooling)
    if "encoder_learning_rate" in settings:
        # within a stack, the rate is relative to each fit's learning rate
        ratio = _number(settings, "encoder_learning_rate") / _number(settings, "learning_rate")
        training = replace(training, encoder_learning_rate=ratio * training.learning_rate)
    weighting, tasks = (_with_settings(part, settings) for part in plugin_choices(method))
    if len({str(choice) for choice in (*weighting, *tasks)}) < len(weighting) + len(tasks):
        raise UserError(
            f"the search gives two aux tasks of {method.label} the same parameters",
            expected="tasks that differ in every candidate",
            then="leave out --tune, or one of the tasks",
        )
    return replace(
        method,
        training=training,
        weighting=weighting[0] if weighting else None,
        aux=tuple(tasks),
    )


def _number(settings: Settings, name: str) -> float:
    value = settings[name]
    if not isinstance(value, int | float):
        raise TypeError(f"setting {name} is {value!r}, expected a number")
    return value


def _with_settings(choices: Mapping[str, Choice], settings: Settings) -> list[Choice]:
    """Return choices with the settings `NAME.PARAMETER` among their parameters."""
    return [
        replace(
            choice,
            parameters={
                key: settings.get(f"{name}.{key}", value)
                for key, value in choice.parameters.items()
            },
        )
        for name, choice in choices.items()
    ]
