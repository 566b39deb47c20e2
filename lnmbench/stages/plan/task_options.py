"""Options of every auxiliary task: the share of its labels, a permutation, a weight."""

from __future__ import annotations

from dataclasses import dataclass

from lnmbench.errors import UserError
from lnmbench.records import KEEP, KEEP_SEED, SHUFFLED, WEIGHT, Choice, kept_share, task_weight


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOptions:
    """Changes of an auxiliary task's labels: the share that is kept, and a permutation."""

    keep: float
    keep_seed: int
    shuffled: int

    @property
    def changes_labels(self) -> bool:
        """Return whether any label is changed."""
        return self.keep < 1.0 or self.shuffled != 0


def read_task_options(choice: Choice) -> TaskOptions:
    """Return the options of a bound choice; `UserError` for a share or weight out of range."""
    keep, weight = kept_share(choice), task_weight(choice)
    if not 0.0 < keep <= 1.0:
        raise UserError(
            f"wrong value for {KEEP}",
            where=f"aux task {choice.name}",
            expected="a share of the labels, above 0 and at most 1",
            got=f"{keep:g}",
        )
    if weight <= 0.0:
        raise UserError(
            f"wrong value for {WEIGHT}",
            where=f"aux task {choice.name}",
            expected="a factor above 0",
            got=f"{weight:g}",
            then="leave out the task instead of a weight of 0" if weight == 0 else "",
        )
    seeds = {name: int(str(choice.parameters.get(name, 0))) for name in (KEEP_SEED, SHUFFLED)}
    for name, seed in seeds.items():
        if seed < 0:
            raise UserError(
                f"wrong value for {name}",
                where=f"aux task {choice.name}",
                expected="a seed of 0 or more",
                got=str(seed),
            )
    if seeds[KEEP_SEED] and keep == 1.0:
        raise UserError(
            f"{KEEP_SEED} of aux task {choice.name} has no effect without {KEEP}",
            then=f"omit it, or add {KEEP}=… below 1",
        )
    return TaskOptions(keep=keep, keep_seed=seeds[KEEP_SEED], shuffled=seeds[SHUFFLED])
