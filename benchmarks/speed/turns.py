"""Ways to do the same thing, run by turns on one machine: medians, and how they compare."""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Option = tuple[str, object, str]


def options(description: str | None, given: Sequence[Option]) -> argparse.ArgumentParser:
    """Return a parser of options (name, default, what it is), and of --rounds.

    A default of several numbers takes numbers with commas between them.
    """
    parser = argparse.ArgumentParser(description=(description or "").split("\n")[0])
    for name, default, what in (*given, ("rounds", 5, "runs of each way, by turns")):
        kind = numbers if isinstance(default, tuple) else type(default)
        shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"{what} ({shown})")
    return parser


def numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of `2048,256`."""
    return tuple(int(one) for one in text.split(","))


def settled(device: torch.device) -> float:
    """Return the time once the device has done all that it was told to."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    if device.type == "mps":
        torch.mps.synchronize()
    return time.perf_counter()


def by_turns(
    ways: Mapping[str, Callable[[], object]],
    rounds: int,
    *,
    unit: str,
    each: float = 1.0,
    device: torch.device | str = "cpu",
) -> dict[str, float]:
    """Run the ways by turns; print each round and return medians, seconds times `each` in `unit`.

    The order turns with the rounds, so that no way always follows the same other.
    """
    device = torch.device(device)
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for i in range(rounds):
        names = list(ways)
        turn = i % len(names)
        for name in (*names[turn:], *names[:turn]):
            start = settled(device)
            ways[name]()
            taken[name].append((settled(device) - start) * each)
        told = ", ".join(f"{name} {shown(times[-1])}" for name, times in taken.items())
        print(f"round {i + 1}: {told} {unit}", flush=True)
    return {name: statistics.median(times) for name, times in taken.items()}


def compare(
    medians: Mapping[str, float], ours: str, unit: str, wanted: Mapping[str, float] | None = None
) -> None:
    """Print how many times as long each other way took, and whether that is what is `wanted`."""
    for name in medians:
        if name == ours:
            continue
        ratio = medians[name] / medians[ours]
        told = f"{name} {shown(medians[name])}, {ours} {shown(medians[ours])} {unit}"
        goal = judged(ratio, (wanted or {}).get(name))
        print(f"median: {told}: ratio {ratio:.2f} ×{goal}", flush=True)


def judged(ratio: float, wanted: float | None) -> str:
    """Return whether a ratio is what is wanted, in words; nothing where nothing is wanted."""
    if wanted is None:
        return ""
    return f" (wanted {wanted:g} ×: {'reached' if ratio >= wanted else 'not reached'})"


def shown(value: float) -> str:
    """Return a number with three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
