"""Time and features of frozen encoders in bfloat16, relative to float32, on slices of one cohort.

On a CPU, seconds are those of one core, so that other processes change them little. Deviations of
features are in standard deviations of each feature over the slices in float32.

    python benchmarks/speed/precision.py
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from timing import format_number, make_parser, synchronized_time

from lnmbench import choices
from lnmbench.imaging.geometry import window
from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.progress import SilentProgress
from lnmbench.records.method import WINDOW_HU
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.store.cohort_file import read_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OPTIONS = (
    ("dataset", "synthetic:n=64,seed=14", "the cohort"),
    ("encoders", "resnet50:weights=random efficientnet_lite0", "the encoders, apart by spaces"),
    ("slices", 256, "slices to encode"),
    ("device", "cpu", "the device"),
)


def make_slices(dataset: str, count: int, registry: Registry) -> NDArray[np.float32]:
    """Return the first slices of a cohort as encoders take them, (count, H, W)."""
    with tempfile.TemporaryDirectory() as home:
        path = ingest(
            choices.parse(dataset),
            registry,
            home=Path(home),
            workers=1,
            progress=SilentProgress(),
        )
        return window(read_slices(path, 0, count), WINDOW_HU)


def compare(
    encoders: dict[str, FrozenEncoder], slices: NDArray[np.float32], rounds: int, device: str
) -> str:
    """Return the line of an encoder: time of a slice by precision, and deviations of features.

    Parameters
    ----------
    encoders
        The encoder in `float32` and in `bfloat16`.
    slices
        The slices, (m, H, W).
    rounds
        The number of runs of each precision.
    device
        The device of the encoders.
    """
    times: dict[str, list[float]] = {name: [] for name in encoders}
    features: dict[str, NDArray[np.float32]] = {}
    for _ in range(rounds):
        for name, encoder in encoders.items():
            start = _seconds(device)
            features[name] = encoder(slices)
            times[name].append((_seconds(device) - start) * 1e3 / len(slices))
    medians = {name: statistics.median(each) for name, each in times.items()}
    spread = features["float32"].std(axis=0)
    varying = spread > 1e-6 * spread.max()
    differences = features["bfloat16"] - features["float32"]
    deviations = np.abs(differences[:, varying]) / spread[varying]
    listed = ", ".join(f"{name} {format_number(each)}" for name, each in medians.items())
    return (
        f"{listed} ms per slice, {medians['float32'] / medians['bfloat16']:.1f} × as fast;"
        f" deviation of {varying.sum()} features: mean {deviations.mean():.3f} SD,"
        f" 99 % below {np.quantile(deviations, 0.99):.2f} SD, largest {deviations.max():.1f} SD"
    )


def _seconds(device: str) -> float:
    if device == "cpu":
        return time.process_time()
    return synchronized_time(torch.device(device))


def main() -> None:
    options = make_parser(__doc__, _OPTIONS).parse_args()
    torch.set_num_threads(1)
    registry = Registry([])
    slices = make_slices(options.dataset, options.slices, registry)
    for name in options.encoders.split():
        encoders = {
            precision: FrozenEncoder(
                registry.encoders.build(choices.parse(name)).stages(),
                device=options.device,
                bfloat16=precision == "bfloat16",
            )
            for precision in ("float32", "bfloat16")
        }
        print(f"{name}: {compare(encoders, slices, options.rounds, options.device)}", flush=True)


if __name__ == "__main__":
    main()
