"""Candidates that can share a stack: they differ in what each fit has for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lnmbench.errors import UserError
from lnmbench.records import Candidate, Choice, NetworkMethod, Settings
from lnmbench.stages.plan.search.space import parts

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Candidates of one stack, and the network that they share."""

    method: NetworkMethod
    candidates: tuple[Candidate, ...]


def groups(method: NetworkMethod, candidates: Sequence[Candidate]) -> list[Group]:
    """Return the candidates, put together where they need no network of their own.

    Raises `UserError` where a candidate makes two of a method's tasks the same.
    """
    found: dict[str, tuple[NetworkMethod, list[Candidate]]] = {}
    for candidate in candidates:
        variant = _variant(method, candidate.settings)
        found.setdefault(variant.fingerprint, (variant, []))[1].append(candidate)
    return [Group(method=variant, candidates=tuple(own)) for variant, own in found.values()]


def side_by_side(fits: Fits, group: Group) -> Fits:
    """Return K fits for each candidate of the group in turn, with its settings.

    The fits keep their seeds: every candidate starts alike and sees the cases in the same order.
    """
    rows = list(range(len(fits))) * len(group.candidates)
    return replace(
        fits.select(rows),
        learning_rate=_each("learning_rate", group, len(fits)),
        weight_decay=_each("weight_decay", group, len(fits)),
        dropout=_each("dropout", group, len(fits)),
        loss_weights=_loss_weights(group, len(fits)),
    )


def _variant(method: NetworkMethod, settings: Settings) -> NetworkMethod:
    """The method with what its fits cannot have each for themselves."""
    training = method.training
    if "token_dim" in settings:
        training = replace(training, token_dim=settings["token_dim"])
    if "encoder_learning_rate" in settings:
        # a pace within the stack: it is relative to each fit's learning rate
        ratio = settings["encoder_learning_rate"] / settings["learning_rate"]
        training = replace(training, encoder_learning_rate=ratio * training.learning_rate)
    made = [(role, _with(choice, name, settings)) for name, (role, choice) in parts(method).items()]
    if len({str(choice) for _, choice in made}) < len(made):
        raise UserError(
            f"the search makes one task of two in {method.label}",
            expected="tasks that stay different in every candidate",
            then="leave out --tune, or one of the tasks",
        )
    return replace(
        method,
        training=training,
        weighting=next((choice for role, choice in made if role == "weighting"), None),
        aux=tuple(choice for role, choice in made if role == "aux task"),
    )


def _with(choice: Choice, name: str, settings: Settings) -> Choice:
    own = {key: settings.get(f"{name}.{key}", value) for key, value in choice.parameters.items()}
    return replace(choice, parameters=own)


def _each(name: str, group: Group, count: int) -> Tensor | None:
    import torch

    if name not in group.candidates[0].settings:
        return None
    values = [candidate.settings[name] for candidate in group.candidates]
    return torch.tensor(values, dtype=torch.float64).repeat_interleave(count)


def _loss_weights(group: Group, count: int) -> Tensor | None:
    import torch

    weights = _each("aux_weight", group, count)
    if weights is None:
        return None
    others = weights.unsqueeze(1).expand(-1, len(group.method.aux))
    return torch.cat([torch.ones(len(weights), 1), others], dim=1)
