"""The way to a cohort file against MONAI and TorchIO, side by side, over the same cases.

All read CT and mask from NIfTI, orient to LPS, resample to 0.7 × 0.7 × 5 mm (linear, nearest), cut
224 × 224 pixels around the tumor on its slices, and keep the patches on disk: lnmbench in its
cohort file, MONAI in a PersistentDataset, TorchIO with `torch.save`. MONAI runs in two ways:
`monai` resamples all of the volume, as its tutorials do; `monai cropped` cuts a margin around the
tumor first, as a careful user would. Then reading: from reopening to the first batch, and an
epoch in which every case is read and windowed, against np.memmap and MONAI's datasets. Memory is
the peak of a process of its own, for few and for many cases. Runs alternate; medians are compared.

    python benchmarks/speed/ingest.py --image ct.nrrd --mask tumor.nrrd
"""

from __future__ import annotations

import argparse
import logging
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from lnmbench.imaging.geometry import window
from lnmbench.progress import SilentProgress
from lnmbench.records import Choice, Preprocessing
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.store.cohort_file import open_cohort, read_cohort, read_masks, read_slices
from lnmbench.store.cohort_writer import writing_cohort

PAPER = Preprocessing()
WINDOW_HU = (-1000.0, 400.0)
_COLUMNS = """[columns.case]
role = "id"
[columns.n1]
role = "target"
label = "n1"
kind = "binary"
categories = ["0", "1"]
"""

Patches = Mapping[str, NDArray[Any]]
Step = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The files of the cases, and where results go."""

    folder: Path
    pairs: Sequence[Mapping[str, str]]


def written(folder: Path, cases: int, image: Path | None, mask: Path | None) -> None:
    """Write the cases: a CT shifted in its plane with noise of its own, each time other."""
    random = np.random.default_rng(0)
    ct, tumor = _made_up(random) if image is None else (sitk.ReadImage(image), sitk.ReadImage(mask))
    hu, marked = (sitk.GetArrayFromImage(one) for one in (ct, tumor))
    for number in range(cases):
        shift = tuple(random.integers(-20, 21, 2))
        noisy = np.roll(hu, shift, (1, 2)) + random.normal(0, 5, hu.shape)
        moved = np.roll(marked != 0, shift, (1, 2)).astype(np.uint8)
        for name, array in (("ct", np.rint(noisy).astype(np.int16)), ("tumor", moved)):
            one = sitk.GetImageFromArray(array)
            one.CopyInformation(ct)
            sitk.WriteImage(one, folder / f"{name}-{number}.nii.gz")


def _made_up(random: np.random.Generator) -> tuple[sitk.Image, sitk.Image]:
    z, y, x = np.ogrid[:48, :512, :512]
    body = ((x - 256) / 220) ** 2 + ((y - 256) / 160) ** 2 < 1
    hu = np.where(body, -600, -1000) + random.normal(0, 20, (48, 512, 512))
    marked = ((x - 180) / 20) ** 2 + ((y - 240) / 20) ** 2 + ((z - 24) / 2.5) ** 2 < 1
    pair = sitk.GetImageFromArray(np.where(marked, 30, hu).astype(np.int16)), marked.astype("u1")
    ct, tumor = pair[0], sitk.GetImageFromArray(pair[1])
    for one in (ct, tumor):
        one.SetSpacing((0.65, 0.65, 5.0))
    return ct, tumor


def listed(folder: Path, cases: int) -> Source:
    """Write the manifest and table of so many cases; files are used again if there are fewer."""
    there = len(list(folder.glob("ct-*")))
    pairs = [
        {name: str(folder / f"{name}-{number % there}.nii.gz") for name in ("ct", "tumor")}
        for number in range(cases)
    ]
    rows = [f"{n},{pair['ct']},{pair['tumor']}" for n, pair in enumerate(pairs)]
    (folder / "cases.csv").write_text("\n".join(["case,image,region", *rows]) + "\n")
    table = [f"{number},{number % 2}" for number in range(cases)]
    (folder / "table.csv").write_text("\n".join(["case,n1", *table]) + "\n")
    (folder / "columns.toml").write_text(_COLUMNS)
    return Source(folder=folder, pairs=pairs)


def by_lnmbench(source: Source, home: Path) -> Path:
    names = {"manifest": "cases.csv", "table": "table.csv", "columns": "columns.toml"}
    choice = Choice(
        name="folder", parameters={key: str(source.folder / name) for key, name in names.items()}
    )
    return ingest(choice, Registry(), home=home, workers=1, progress=SilentProgress())


def cut(ct: NDArray[Any], tumor: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Cut arrays (x, y, z) on the target's spacing as the patches are: both (s, patch, patch)."""
    inside = np.argwhere(tumor > 0)
    low, high = inside.min(0), inside.max(0)
    side = PAPER.patch
    start = np.floor((low + high)[:2] / 2 - (side - 1) / 2 + 0.5).astype(int)
    wide = ((side, side), (side, side), (0, 0))
    x, y = (slice(at + side, at + 2 * side) for at in start)
    z = slice(low[2], high[2] + 1)
    slices = np.pad(ct, wide, constant_values=PAPER.air_hu)[x, y, z]
    masks = np.pad(tumor, wide)[x, y, z]
    return {
        "ct": np.rint(slices).astype(np.int16).transpose(2, 1, 0),
        "tumor": (masks > 0).astype(np.uint8).transpose(2, 1, 0),
    }


def _cut_tensors(case: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    return cut(*(np.asarray(case[name])[0] for name in ("ct", "tumor")))


def monai_dataset(source: Source, cache: Path, *, cropped: bool) -> Any:
    """Return a PersistentDataset of patches; `cropped` cuts a margin before it resamples."""
    from monai import transforms as m
    from monai.data import PersistentDataset

    keys = ["ct", "tumor"]
    margin = [int(PAPER.patch * 0.7 / 0.5), int(PAPER.patch * 0.7 / 0.5), 3]
    crop = m.CropForegroundd(keys, source_key="tumor", margin=margin, allow_smaller=True)
    steps = [
        m.LoadImaged(keys),
        m.EnsureChannelFirstd(keys),
        m.Orientationd(keys, axcodes="LPS", labels=None),
        *([crop] if cropped else []),
        m.Spacingd(keys, pixdim=PAPER.spacing_mm, mode=("bilinear", "nearest")),
        _cut_tensors,
    ]
    return PersistentDataset(source.pairs, m.Compose(steps), cache_dir=cache)


def by_monai(source: Source, cache: Path, *, cropped: bool) -> Any:
    dataset = monai_dataset(source, cache, cropped=cropped)
    for number in range(len(dataset)):
        dataset[number]
    return dataset


def by_torchio(source: Source, cache: Path) -> None:
    import torch
    import torchio as tio

    cache.mkdir(parents=True)
    transform = tio.Compose([tio.ToOrientation("LPS"), tio.Resample(PAPER.spacing_mm)])
    for number, pair in enumerate(source.pairs):
        subject = transform(
            tio.Subject(ct=tio.ScalarImage(pair["ct"]), tumor=tio.LabelMap(pair["tumor"]))
        )
        patches = cut(*(subject[name].numpy()[0] for name in ("ct", "tumor")))
        tensors = {name: torch.from_numpy(array.copy()) for name, array in patches.items()}
        torch.save(tensors, cache / f"{number}.pt")


def agreement(path: Path, dataset: Any) -> tuple[float, int]:
    """Return the largest difference in HU, and how many mask voxels differ.

    A patch may begin a pixel apart, for MONAI's is centerd on the resampled mask; it is moved so
    that the masks lie on each other. At the edge of the scan MONAI repeats the last voxel where
    lnmbench has air, so the three outermost pixels are left out.
    """
    cohort = read_cohort(path)
    most, voxels = 0.0, 0
    with open_cohort(path) as file:
        for number in range(len(cohort)):
            at = slice(*cohort.offsets[number : number + 2])
            other = {name: np.asarray(one) for name, one in dataset[number].items()}
            masks = file["masks"][at]
            first, second = (np.argwhere(one.any(0)).min(0) for one in (masks, other["tumor"]))
            ct, mask = (np.roll(one, first - second, (1, 2)) for one in other.values())
            apart = np.abs(file["slices"][at].astype(float) - ct)
            most = max(most, float(apart[:, 3:-3, 3:-3].max()))
            voxels += int((masks != mask).sum())
    return most, voxels


def shown(slices: NDArray[Any]) -> NDArray[np.float32]:
    return window(slices, WINDOW_HU)


def repeated(path: Path, times: int) -> Path:
    """Write a cohort file of the same cases so many times, and return its path."""
    cohort, many = read_cohort(path), path.with_suffix(".many.h5")
    total = int(cohort.offsets[-1])
    slices, masks = read_slices(path, 0, total), read_masks(path, 0, total)
    with writing_cohort(many, PAPER, slices=total * times) as writer:
        for _ in range(times):
            for start, stop in pairwise(cohort.offsets.tolist()):
                writer.append(slices[start:stop], masks[start:stop])
        writer.finish(
            dataset="repeated",
            ids=[str(number) for number in range(len(cohort) * times)],
            columns=(),
            values={},
            card=cohort.card,
            software="benchmark",
        )
    return many


def from_cohort(path: Path, batch: int) -> Iterator[object]:
    """Yield the windowed slices of `batch` cases after each other."""
    with open_cohort(path) as file:
        offsets, slices = file["offsets"][:], file["slices"]
        for first in range(0, len(offsets) - 1, batch):
            last = min(first + batch, len(offsets) - 1)
            yield shown(slices[offsets[first] : offsets[last]])


def from_cohort_checked(path: Path, batch: int) -> Iterator[object]:
    """Likewise, and compare each slice with its checksum."""
    offsets = read_cohort(path).offsets
    for first in range(0, len(offsets) - 1, batch):
        last = min(first + batch, len(offsets) - 1)
        yield shown(read_slices(path, int(offsets[first]), int(offsets[last])))


def from_memmap(path: Path, batch: int) -> Iterator[object]:
    offsets = np.load(path.with_suffix(".offsets.npy"))
    shape = (int(offsets[-1]), PAPER.patch, PAPER.patch)
    slices = np.memmap(path, np.int16, "r", shape=shape)
    for first in range(0, len(offsets) - 1, batch):
        last = min(first + batch, len(offsets) - 1)
        yield shown(np.array(slices[offsets[first] : offsets[last]]))


def from_monai(make: Callable[[], Any], batch: int) -> Iterator[object]:
    dataset = make()
    for first in range(0, len(dataset), batch):
        several = [dataset[i]["ct"] for i in range(first, min(first + batch, len(dataset)))]
        yield shown(np.concatenate([np.asarray(slices) for slices in several]))


def timed(steps: Mapping[str, Step], rounds: int) -> dict[str, float]:
    """Run the steps by turns; return the median seconds of each."""
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def tell(what: str, medians: Mapping[str, float], cases: int, ours: str = "lnmbench") -> None:
    print(what)
    for name, seconds in medians.items():
        ratio = "" if name == ours else f", lnmbench is {seconds / medians[ours]:.2f} × as fast"
        print(f"  {name}: {seconds:.4f} s, {cases / seconds:.1f} cases/s{ratio}", flush=True)


def ingesting(source: Source, work: Path, rounds: int) -> tuple[Path, Path]:
    """Time the ways to patches on disk; return lnmbench's file and MONAI's cache."""
    ways: dict[str, Callable[[Source, Path], object]] = {
        "lnmbench": by_lnmbench,
        "monai": partial(by_monai, cropped=False),
        "monai cropped": partial(by_monai, cropped=True),
        "torchio": by_torchio,
    }
    done = iter(range(1_000_000))
    medians = timed(
        {
            name: lambda way=way: way(source, work / f"made-{next(done)}")
            for name, way in ways.items()
        },
        rounds,
    )
    tell("ingest, one worker:", medians, len(source.pairs))
    cache = work / "monai"
    by_monai(source, cache, cropped=False)
    return by_lnmbench(source, work / "home"), cache


def reading(
    path: Path, source: Source, cache: Path, *, times: int, batch: int, rounds: int
) -> None:
    """Time reopening to the first batch, and an epoch, over every case so many times."""
    from monai.data import CacheDataset

    path = repeated(path, times)
    source = replace(source, pairs=[*source.pairs] * times)
    flat = path.with_suffix(".i2")
    with open_cohort(path) as file:
        file["slices"][:].tofile(flat)
    np.save(flat.with_suffix(".offsets.npy"), read_cohort(path).offsets)
    persistent = partial(monai_dataset, source, cache, cropped=False)
    cached = CacheDataset(persistent(), progress=False)
    ways: dict[str, Callable[[], Iterator[object]]] = {
        "lnmbench": lambda: from_cohort(path, batch),
        "lnmbench, checked": lambda: from_cohort_checked(path, batch),
        "np.memmap": lambda: from_memmap(flat, batch),
        "monai persistent": lambda: from_monai(persistent, batch),
        "monai in memory": lambda: from_monai(lambda: cached, batch),
    }
    first = {name: lambda way=way: next(way()) for name, way in ways.items()}
    print(f"reading {len(source.pairs)} cases, each {times} times over")
    tell(f"reopen to the first batch of {batch} cases:", timed(first, rounds), batch)
    epoch = {name: lambda way=way: sum(1 for _ in way()) for name, way in ways.items()}
    tell("a whole epoch:", timed(epoch, rounds), len(source.pairs))


def memory(source: Source, counts: Sequence[int]) -> None:
    """Print the peak memory of processes that ingest few and many cases."""
    for count in counts:
        command = [sys.executable, __file__, "--only-memory", str(source.folder)]
        got = subprocess.run(
            [*command, "--cases", str(count)], check=True, capture_output=True, text=True
        )
        print(f"peak memory of ingest, one worker, {count} cases: {got.stdout.strip()} MB")


def peak_mb(folder: Path, cases: int) -> float:
    with tempfile.TemporaryDirectory() as home:
        by_lnmbench(listed(folder, cases), Path(home))
    # On Linux ru_maxrss begins with that of the parent; the kernel's own mark does not.
    status = Path("/proc/self/status")
    if status.is_file():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return float(lines["VmHWM"].split()[0]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--image", type=Path, help="CT of which the cases are made (noise)")
    parser.add_argument("--mask", type=Path, help="its tumor mask")
    parser.add_argument("--cases", type=int, default=8, help="cases that are written (8)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, by turns (3)")
    parser.add_argument("--batch", type=int, default=32, help="cases of a batch (32)")
    parser.add_argument("--read", type=int, default=160, help="cases of an epoch (160)")
    parser.add_argument("--only-memory", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    if asked.only_memory:
        print(f"{peak_mb(asked.only_memory, asked.cases):.0f}")
        return
    import monai.transforms
    import torch
    import torchio  # imported here, so that no run is charged with it

    print(f"monai {monai.__version__}, torchio {torchio.__version__}, torch {torch.__version__}")
    logging.getLogger("monai").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "cases").mkdir()
        written(work / "cases", asked.cases, asked.image, asked.mask)
        source = listed(work / "cases", asked.cases)
        path, cache = ingesting(source, work, asked.rounds)
        most, voxels = agreement(path, monai_dataset(source, cache, cropped=False))
        print(f"agreement with monai: {most:.2f} HU apart at most, {voxels} mask voxels differ")
        times = -(-asked.read // asked.cases)
        rounds = 5 * asked.rounds
        reading(path, source, cache, times=times, batch=asked.batch, rounds=rounds)
        memory(source, (asked.cases, 4 * asked.cases))


if __name__ == "__main__":
    main()
