"""Versions, hardware and source commit for the manifest; the cache folder; peak memory."""

from __future__ import annotations

import os
import platform
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import platformdirs

from lnmbench.errors import UserError
from lnmbench.records import Environment

HOME = "LNMBENCH_HOME"
PACKAGES = ("torch", "torchvision", "numpy", "scipy", "scikit-learn", "pandas", "SimpleITK", "h5py")


def home() -> Path:
    """Return the folder of cohorts and features: LNMBENCH_HOME, or the platform's cache folder."""
    folder = os.environ.get(HOME, "")
    if not folder:
        return platformdirs.user_cache_path("lnmbench")
    try:
        return Path(folder).expanduser()
    except RuntimeError as error:
        raise UserError(f"{HOME} is not a folder", got=folder) from error


def now() -> str:
    """Return the current time in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def describe(*, device: str) -> Environment:
    """Return the environment of this process."""
    import torch

    return Environment(
        lnmbench=_version("lnmbench"),
        python=platform.python_version(),
        packages={name: _version(name) for name in PACKAGES},
        platform=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cpu_count=os.cpu_count() or 1,
        memory_gb=round(memory_bytes() / 1e9, 1),
        device=device,
        threads=torch.get_num_threads(),
        git_commit=_git_commit(),
    )


def reset_peak_memory() -> None:
    """Reset the peak memory of this process, if the system supports it (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_memory_mb() -> float:
    """Return the peak resident memory of this process in MB, NaN if unknown.

    On Linux, the peak since the last call of `reset_peak_memory`.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1.024e-3
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    scale = 1e6 if platform.system() == "Darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def memory_bytes() -> int:
    """Return the memory of the machine in bytes, 0 if unknown."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def _git_commit() -> str:
    """Return the commit of a source checkout; empty for an installed package."""
    root = Path(__file__).parents[1]
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        process = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return process.stdout.strip()
