"""Notices on a cohort file: its size, and the cases that were left out."""

from __future__ import annotations

from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.records import MissingImages
from lnmbench.stages.ingest.ingest_log import ingest_log_path, read_left_out, summarize_left_out
from lnmbench.store.cohort_boxes import read_box_bytes
from lnmbench.store.cohort_file import read_cohort, read_scans
from lnmbench.text import plural


def say_size(
    path: Path, name: str, progress: Progress, missing_images: MissingImages = "refuse"
) -> None:
    """Say how many cases and slices a cohort file has, and that some have no images.

    Parameters
    ----------
    path
        The cohort file.
    name
        The name of the data set.
    progress
        Receives the notices.
    missing_images
        The use of cases without images; only if it refuses them, they are counted, because the plan
        counts them otherwise.
    """
    cohort = read_cohort(path)
    slices = cohort.offsets[1:] - cohort.offsets[:-1]
    size = f"{plural(len(cohort), 'case')}, {plural(int(slices.sum()), 'slice')}"
    progress.say(f"cohort {name}: {size}, saved to {path}")
    boxes = read_box_bytes(path)
    if boxes:
        within = f"within {cohort.preprocessing.native_mm:g} mm of the tumor"
        progress.say(
            f"cohort {name}: {boxes / 1e6:.1f} MB are the CT {within} at its own resolution"
        )
    without_images = int((slices == 0).sum())
    if missing_images == "refuse" and 0 < without_images < len(cohort):
        progress.say(
            f"{without_images} of {plural(len(cohort), 'case')} have no images: "
            "encoders need --missing-images mask or exclude"
        )


def say_left_out(path: Path, progress: Progress, *, strict: bool) -> None:
    """Say how many cases are not in a cohort file.

    Parameters
    ----------
    path
        The cohort file.
    progress
        Receives the notice.
    strict
        Whether to raise instead.

    Raises
    ------
    UserError
        With `strict`, if a case is not in the file.
    """
    scans, number = read_scans(path)
    if not number:
        return
    log = ingest_log_path(path)
    total = number + len(scans.size)
    try:
        left_out = read_left_out(log)
    except UserError:
        left_out = []
    count = f"{number} of {plural(total, 'case')} left out"
    if strict:
        case, reason = left_out[0] if left_out else ("?", count)
        raise UserError(f"case {case[:40]!r}: {reason}")
    if left_out:
        progress.say(summarize_left_out(left_out, total, log))
    else:
        progress.say(f"{count}; their ingest log is missing")
