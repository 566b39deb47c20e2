"""T stage as an auxiliary task: seven classes of AJCC 8, with sets of classes as labels.

The label of a case is the set of classes that its recorded class can be: one class in a cohort
staged by AJCC 8, one or more for an older edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmbench import Cohort, Column, UserError
from lnmbench_tnm.editions import CLASSES, EDITIONS, Edition, candidates, find_edition, read_class
from lnmbench_tnm.label_columns import (
    find_label_column,
    look_up,
    read_numbers,
    require_categories,
)
from lnmbench_tnm.label_heads import BinaryLabel, Classes, LabelHead, OrderedClasses
from lnmbench_tnm.label_task import LabelReading, LabelTask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A data set of another organ uses the second label, so that `auto` need not infer the edition.
_PATHOLOGICAL = ("pt", "pt_names")
_CLINICAL = ("ct", "ct_names", "clinical T stage", "clinical.T.Stage", "cT stage")
_VARIANTS = {"pt_ordinal": ", ordered classes", "pt_soft": ", smoothed classes"}
_IS_PATHOLOGICAL = re.compile(r"y?p", re.IGNORECASE)
_IS_CLINICAL = re.compile(r"^(y?)c", re.IGNORECASE)


def pt(edition: str = "auto") -> LabelTask:
    """Pathological T stage (7 classes of AJCC 8), by softmax (Hu et al. 2023).

    Parameters
    ----------
    edition
        Edition of the recorded classes: `8`, `7`, `6` (6 and 7 mixed), `names` (another organ,
        mapped by name) or `auto` (`names` for a column labeled `pt_names`, otherwise inferred from
        the recorded classes).
    """
    return _make_task("pt", Classes(len(CLASSES)), edition)


def pt_ordinal(edition: str = "auto") -> LabelTask:
    """Pathological T stage as ordered classes, by a cumulative link model.

    McCullagh 1980; rank-consistent as CORAL (Cao, Mirjalili & Raschka 2020).

    Parameters
    ----------
    edition
        As for `pt`.
    """
    return _make_task("pt_ordinal", OrderedClasses(len(CLASSES)), edition)


def pt_soft(smoothing: float = 0.1, edition: str = "auto") -> LabelTask:
    """Pathological T stage by softmax, with labels smoothed to the neighboring classes.

    Szegedy et al. 2016; soft ordinal labels: Díaz & Marathe 2019.

    Parameters
    ----------
    smoothing
        Share of the label that goes to the neighbors of the class, from 0 to below 1.
    edition
        As for `pt`.
    """
    if not 0 <= smoothing < 1:
        raise UserError(
            "wrong smoothing of aux task pt_soft",
            expected="a share from 0 to below 1",
            got=f"{smoothing:g}",
        )
    return _make_task("pt_soft", Classes(len(CLASSES), smoothing=smoothing), edition)


def pt_binary(from_: str = "T2", edition: str = "auto") -> LabelTask:
    """Pathological T stage of at least a class, such as T2 or higher.

    A cut point of the ordinal stage (Frank & Hall, A Simple Approach to Ordinal Classification,
    ECML 2001). A case whose set of classes lies on both sides is unknown.

    Parameters
    ----------
    from_
        Lowest positive class: `T1b` to `T4`.
    edition
        As for `pt`.
    """
    lowest = _find_lowest(from_)
    return _make_task(f"pt_binary:from={CLASSES[lowest][1:]}", BinaryLabel(), edition, lowest)


def ct(edition: str = "auto") -> LabelTask:
    """Clinical T stage (7 classes of AJCC 8), by softmax.

    It is known before surgery, so that no patient without an operation lacks it; it is less exact
    than the pathological T stage (Caruana 1997: labels that cost little as auxiliary tasks).

    Parameters
    ----------
    edition
        As for `pt`.
    """
    return _make_task("ct", Classes(len(CLASSES)), edition, labels=_CLINICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _TumorStage:
    """T stage of the first of some labels; with `lowest`, the binary label of this class."""

    name: str
    head: LabelHead
    edition: str
    labels: tuple[str, ...]
    lowest: int | None

    def read(self, cohort: Cohort) -> LabelReading:
        """Return rows (n, 7) of 0 and 1, or binary labels (n,), NaN if unknown.

        Raises `UserError` if no column has one of the labels, or it holds no T classes.
        """
        import numpy as np

        column = find_label_column(cohort, self.name, *self.labels)
        require_categories(column, "T1a, T2b, Tis")
        recorded = [self._unify_prefix(category) for category in column.categories]
        edition = self._find_edition(column, recorded)
        sets = [candidates(category, edition, self.name) for category in recorded]
        rows = map(self._make_row, sets)
        codes = read_numbers(cohort, column)
        targets = look_up(codes, list(rows))
        notes = tuple(self._describe(column, codes, sets, edition))
        if self.lowest is not None:
            targets = targets[:, 0]
            positive, known = int(np.nansum(targets)), int((~np.isnan(targets)).sum())
            lowest = CLASSES[self.lowest]
            notes += (f"aux {self.name}: {lowest} or higher in {positive} of {known} cases",)
        return LabelReading(head=self.head, targets=targets, notes=notes)

    def _make_row(self, classes: Sequence[str]) -> list[float]:
        import numpy as np

        if self.lowest is None:
            return [float(name in classes) if classes else np.nan for name in CLASSES]
        sides = {CLASSES.index(name) >= self.lowest for name in classes}
        return [float(sides.pop()) if len(sides) == 1 else np.nan]

    def _unify_prefix(self, category: str) -> str:
        """Return a clinical class with the prefix of a pathological one, of which sets are made."""
        if self.labels != _CLINICAL:
            return category
        if _IS_PATHOLOGICAL.match(category.strip()):
            raise UserError(
                f"{category[:40]!r} is a pathological T class",
                where=f"column of aux task {self.name}",
                expected="a clinical class such as cT2a or T1c",
                then="use --aux pt for the pathological T stage",
            )
        return _IS_CLINICAL.sub(r"\1p", category.strip())

    def _find_edition(self, column: Column, recorded: Sequence[str]) -> Edition:
        if self.edition == "auto" and column.label == self.labels[1]:
            return EDITIONS["names"]
        return find_edition(self.edition, recorded, self.name)

    def _describe(
        self,
        column: Column,
        codes: NDArray[np.float64],
        sets: Sequence[tuple[str, ...]],
        edition: Edition,
    ) -> Iterator[str]:
        """Yield sentences on the mapping of the recorded classes and the cases without a label."""
        import numpy as np

        mapped, masked = [], []
        for code, (category, classes) in enumerate(zip(column.categories, sets, strict=True)):
            count = int((codes == code).sum())
            if not count or classes == (f"pT{read_class(self._unify_prefix(category))}",):
                continue
            if classes:
                names = [self.labels[0][0] + name[1:] for name in classes]  # cT2a or pT2a
                mapped.append(f"{category} → {' or '.join(names)} (n = {count})")
            else:
                masked.append(f"{category} (n = {count})")
        missing = int(np.isnan(codes).sum())
        masked += [f"missing (n = {missing})"] if missing else []
        mapping = f": {', '.join(mapped)}" if mapped else ""
        # the tasks of one column have equal notes, which a run prints once
        task = self.labels[0]
        yield f"aux {task}: the classes of column {column.name!r} are {edition.title}{mapping}"
        if masked:
            yield f"aux {task}: excluded from its loss: {', '.join(masked)}"


def _make_task(
    name: str,
    head: LabelHead,
    edition: str,
    lowest: int | None = None,
    labels: tuple[str, ...] = _PATHOLOGICAL,
) -> LabelTask:
    if edition != "auto":
        find_edition(edition, (), name)
    stage = _TumorStage(name=name, head=head, edition=edition, labels=labels, lowest=lowest)
    kind = "clinical" if labels == _CLINICAL else "pathological"
    variant = "" if lowest is None else f", {CLASSES[lowest][1:]} or higher"
    variant += _VARIANTS.get(name, "")
    return LabelTask(name, f"{kind} T stage{variant}", stage.read, head)


def _find_lowest(category: str) -> int:
    """Return the number of the lowest class of a recorded one: T2 is T2a or higher."""
    try:
        name = read_class(category)
    except UserError:
        name = ""
    positions = [index for index, each in enumerate(CLASSES) if name and each[2:].startswith(name)]
    if not positions or positions[0] == 0:
        raise UserError(
            "wrong lowest class of aux task pt_binary",
            expected=f"T2, T3 or one of {', '.join(each[1:] for each in CLASSES[1:])}",
            got=repr(category[:20]),
        )
    return positions[0]
