"""The table of targets and figures at the end of `gpu.sh`, and the preparation of its machine.

python benchmarks/speed/gpu_table.py --logs DIR
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_GROUP = "lnmbench"
_NUMBER = r"(\d\S*?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a part: its target and the pattern that finds it in the part's log.

    `worst` chooses among several matches; a figure reaches its target if it is at least (`max`) or
    at most (`min`) that large.
    """

    part: str
    name: str
    pattern: str
    target: float
    unit: str
    at_least: bool

    def measure(self, log: str) -> float | None:
        """Return the figure in a log, the worst if there are several; None if there is none."""
        values = [float(value) for value in re.findall(self.pattern, log)]
        worst: Callable[[Sequence[float]], float] = min if self.at_least else max
        return worst(values) if values else None

    def judge(self, value: float | None) -> tuple[str, str]:
        """Return the figure and whether it reaches its target, as text."""
        if value is None:
            return "–", "failed"
        reached = value >= self.target if self.at_least else value <= self.target
        return f"{value:.3g}{self.unit}", "reached" if reached else "not reached"


FIGURES = (
    Figure(
        part="stacked",
        name="plain loop / stacked, K = 500",
        pattern=rf"median: loader .*ratio {_NUMBER} ×",
        target=20,
        unit=" ×",
        at_least=True,
    ),
    *(
        Figure(
            part=stage,
            name=f"plain loop / fine-tuning, train={stage}",
            pattern=rf"median: plain .*ratio {_NUMBER} ×",
            target=2.5,
            unit=" ×",
            at_least=True,
        )
        for stage in ("layer4", "all")
    ),
    Figure(
        part="agreement",
        name="99 % of the probabilities within",
        pattern=rf"probabilities within {_NUMBER},",
        target=1e-4,
        unit="",
        at_least=False,
    ),
    Figure(
        part="agreement",
        name="largest difference in probability",
        pattern=rf"largest difference {_NUMBER};",
        target=1e-3,
        unit="",
        at_least=False,
    ),
    *(
        Figure(
            part=f"protocol{cases}",
            name=f"two methods, frozen ResNet50, {cases} cases",
            pattern=rf"median: {_NUMBER} s in all",
            target=300,
            unit=" s",
            at_least=False,
        )
        for cases in (160, 681)
    ),
)


def make_table(logs: Path, parts: Sequence[str]) -> str:
    """Return the table of the figures and of the peak memory of each part."""
    rows = [("figure", "target", "measured", "")]
    memory = []
    for figure in FIGURES:
        if figure.part in parts:
            text = read_log(logs, figure.part)
            sign = "≥" if figure.at_least else "≤"
            target = f"{sign} {figure.target:g}{figure.unit}"
            rows.append((figure.name, target, *figure.judge(figure.measure(text))))
    for part in dict.fromkeys(figure.part for figure in FIGURES if figure.part in parts):
        peak = re.findall(r"peak memory: (.*)", read_log(logs, part))
        memory.append(f"peak memory, {part}: {peak[-1] if peak else 'failed'}")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, *memory])


def read_log(logs: Path, part: str) -> str:
    """Return the log of a part, empty if it did not start."""
    path = logs / f"{part}.log"
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def write_entry_points(site: Path) -> None:
    """Write the project's entry points into a folder on the path, if it is not installed."""
    if entry_points(group=_GROUP):
        return
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = project.get("version", "0")
    folder = site / f"{project['name']}-{version}.dist-info"
    folder.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n"
    (folder / "METADATA").write_text(metadata, encoding="utf-8")
    points = project["entry-points"][_GROUP].items()
    lines = [f"[{_GROUP}]", *(f"{name} = {module}" for name, module in points)]
    (folder / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def describe_machine(device: str) -> str:
    """Return the device, its memory and torch's version; exit if torch cannot use the device."""
    import torch

    from lnmbench.errors import UserError
    from lnmbench.nets.device import describe_device, free_memory_bytes, select_device

    try:
        selected = select_device(device)
    except UserError as error:
        sys.exit(f"gpu.sh: {error}")
    free = free_memory_bytes(selected)
    memory = "" if free is None else f", {free / 1e9:.0f} GB free"
    return f"{describe_device(str(selected))}{memory}, torch {torch.__version__}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--logs", type=Path, help="folder of the logs")
    parser.add_argument("--only", default=",".join(figure.part for figure in FIGURES))
    parser.add_argument("--prepare", type=Path, help="folder on the path for entry points")
    parser.add_argument("--device", default="cuda", help="device to describe")
    args = parser.parse_args()
    if args.prepare is not None:
        write_entry_points(args.prepare)
        print(describe_machine(args.device))
    if args.logs is not None:
        table = make_table(args.logs, args.only.split(","))
        print(table)
        sys.exit("failed" in table)


if __name__ == "__main__":
    main()
