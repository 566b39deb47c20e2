"""Timing of several ways to do the same work, run alternately on one machine."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch

from lnmbench import environment
from lnmbench.nets import device as devices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Option = tuple[str, object, str]


def make_parser(
    description: str | None, options: Sequence[Option], *, rounds: bool = True
) -> argparse.ArgumentParser:
    """Return a parser of options (name, default, help) and of --rounds.

    An option with several numbers as default takes numbers separated by commas.

    Parameters
    ----------
    description
        The docstring of the script; its first line is shown.
    options
        The options.
    rounds
        Whether there is an option --rounds.
    """
    parser = argparse.ArgumentParser(description=(description or "").split("\n")[0])
    last = [("rounds", 5, "alternating runs of each way")] if rounds else []
    for name, default, text in (*options, *last):
        kind = parse_numbers if isinstance(default, tuple) else type(default)
        shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"{text} ({shown})")
    return parser


def parse_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of `2048,256`."""
    return tuple(int(number) for number in text.split(","))


def synchronized_time(device: torch.device) -> float:
    """Return the time once the device has finished its work, in seconds."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    if device.type == "mps":
        torch.mps.synchronize()
    return time.perf_counter()


def reset_peak_memory(device: torch.device) -> None:
    """Measure the peak of memory from now on."""
    environment.reset_peak_memory()
    devices.reset_peak_memory(device)


def peak_memory_gb(device: torch.device) -> float:
    """Return the peak of this process's memory: on a GPU there, else in the machine."""
    if device.type == "cuda":
        return devices.peak_memory_bytes(device) / 1e9
    return environment.peak_memory_mb() / 1e3


def time_alternately(
    ways: Mapping[str, Callable[[], object]],
    rounds: int,
    *,
    unit: str,
    scale: float | Mapping[str, float] = 1.0,
    device: torch.device | str = "cpu",
) -> dict[str, float]:
    """Run the ways alternately, print each round, and return the median time of each way.

    The order rotates with the rounds, so that no way always follows the same other. The peak of
    memory of each way is printed at the end.

    Parameters
    ----------
    ways
        Functions that do the same work, by name.
    rounds
        The number of runs of each way.
    unit
        The unit of the results, for the printed lines.
    scale
        The factor from seconds to that unit, the same for all ways or one for each.
    device
        The device that the ways use.
    """
    device = torch.device(device)
    times_by_way: dict[str, list[float]] = {name: [] for name in ways}
    peaks = dict.fromkeys(ways, 0.0)
    scales = scale if isinstance(scale, Mapping) else dict.fromkeys(ways, scale)
    for i in range(rounds):
        names = list(ways)
        turn = i % len(names)
        for name in (*names[turn:], *names[:turn]):
            reset_peak_memory(device)
            start = synchronized_time(device)
            ways[name]()
            times_by_way[name].append((synchronized_time(device) - start) * scales[name])
            peaks[name] = max(peaks[name], peak_memory_gb(device))
        line = ", ".join(
            f"{name} {format_number(times[-1])}" for name, times in times_by_way.items()
        )
        print(f"round {i + 1}: {line} {unit}", flush=True)
    listed = ", ".join(f"{name} {peak:.2f}" for name, peak in peaks.items())
    print(f"peak memory: {listed} GB", flush=True)
    return {name: statistics.median(times) for name, times in times_by_way.items()}


def print_ratios(
    medians: Mapping[str, float], ours: str, unit: str, goals: Mapping[str, float] | None = None
) -> None:
    """Print the time of each other way as a multiple of ours, and whether that is its goal.

    Parameters
    ----------
    medians
        The median time of each way.
    ours
        The name of our way.
    unit
        The unit of the times.
    goals
        The smallest ratio to reach, by way.
    """
    for name in medians:
        if name == ours:
            continue
        ratio = medians[name] / medians[ours]
        times = (
            f"{name} {format_number(medians[name])}, {ours} {format_number(medians[ours])} {unit}"
        )
        goal = describe_goal(ratio, (goals or {}).get(name))
        print(f"median: {times}: ratio {ratio:.2f} ×{goal}", flush=True)


def describe_goal(ratio: float, goal: float | None) -> str:
    """Return whether a ratio reaches its goal, as text; an empty text without a goal."""
    if goal is None:
        return ""
    return f" (target {goal:g} ×: {'reached' if ratio >= goal else 'not reached'})"


def format_number(value: float) -> str:
    """Return a number with three significant digits."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
