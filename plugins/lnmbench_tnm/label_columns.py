"""Columns of the labels of auxiliary tasks: by their label, or else by their name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lnmbench import Cohort, Column, UserError
from lnmbench.errors import nearest
from lnmbench.text import clean, join_first, join_spelling, plural

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_NAMES = 12
_FROM_REPORT = ": "
"""Separator between the name of a report and that of a finding, in the name of a column."""
_ROLES = ("aux", "target", "feature")


def find_label_column(cohort: Cohort, task: str, *labels: str, by_name: bool = True) -> Column:
    """Return the column that is labeled for a task, or else has its name.

    Parameters
    ----------
    cohort
        The cohort.
    task
        The task, as the user writes it.
    *labels
        Labels or names of the column; the first one that a column has counts. Spellings that
        differ in case and blanks are equal. Of a column that a report reader made, such as
        `report: spiculation`, the last part of the name is enough.
    by_name
        Whether the name of a column counts.

    Raises
    ------
    UserError
        For a cohort without such a column, with several of one name, and for a column with the
        overall stage.
    """
    columns = [column for role in _ROLES for column in cohort.columns if column.role == role]
    for label in labels:
        for matches in _find_matches(columns, label, by_name=by_name):
            if len(matches) > 1:
                raise UserError(
                    f"{plural(len(matches), 'column')} of cohort {cohort.name!r} could be"
                    f" {clean(label)!r}",
                    where=f"aux task {task}",
                    expected="one column",
                    got=join_first([repr(clean(column.name)) for column in matches], _MOST_NAMES),
                    then="write its whole name, or label it in the data dictionary",
                )
            if matches:
                refuse_overall_stage(matches[0], task)
                return matches[0]
    _refuse_stage_names(labels, task)
    names = list(dict.fromkeys(name for c in columns for name in (c.label, c.name) if name))
    suggestion, _, _ = nearest(labels[0], names).partition("known:")
    listed = f"its labels and columns: {join_first(names, _MOST_NAMES)}; " if names else ""
    listed_labels = " or ".join(map(clean, labels))
    raise UserError(
        f"cohort {cohort.name!r} has no column for aux task {task}",
        expected=f"a column labeled {listed_labels}{', or so named' if by_name else ''}",
        then=f"{suggestion}{listed}label a column in the data dictionary, or choose another --aux",
    )


def _find_matches(
    columns: Sequence[Column], label: str, *, by_name: bool
) -> Iterator[list[Column]]:
    """Yield the columns with a label, with it as their name, and as the last part of the name."""
    yield [column for column in columns if column.label == label]
    if by_name:
        name = join_spelling(label)
        yield [column for column in columns if join_spelling(column.name) == name]
        findings = [column for column in columns if _FROM_REPORT in column.name]
        yield [c for c in findings if join_spelling(c.name.rpartition(_FROM_REPORT)[2]) == name]


def _refuse_stage_names(labels: Sequence[str], task: str) -> None:
    """Raise `UserError` for a name of the overall stage that no column has."""
    from lnmbench.lexicon.stage_group import is_overall_stage

    for label in labels:
        if is_overall_stage(label):
            raise _make_refusal(label, task)


def refuse_overall_stage(column: Column, task: str) -> None:
    """Raise `UserError` for a column with stage groups or whole TNM classes."""
    from lnmbench.lexicon.stage_group import is_overall_stage  # slow to import for `lnmbench list`

    if is_overall_stage(column.name, column.categories) or is_overall_stage(column.label or ""):
        raise _make_refusal(column.name, task)


def _make_refusal(name: str, task: str) -> UserError:
    return UserError(
        f"column {clean(name)!r} holds the overall stage, which contains the N category",
        where=f"aux task {task}",
        expected="a label that does not contain the target, such as the T stage",
        then="use --aux pt with a column of T classes, or another column",
    )


def require_categories(column: Column, example: str) -> None:
    """Raise `UserError` for a column of numbers where classes are expected."""
    if column.kind == "continuous":
        raise UserError(
            f"wrong kind of column {column.name!r}",
            expected=f"kind ordinal, nominal or binary, with categories such as {example}",
            got=column.kind,
            then="change its kind in the data dictionary",
        )


def read_numbers(cohort: Cohort, column: Column) -> NDArray[np.float64]:
    """Return the values of a column, or the numbers of its categories; NaN if missing, (n,)."""
    import numpy as np

    return np.array(cohort.values[column.name], dtype=np.float64)


def look_up(
    codes: NDArray[np.float64],
    rows: Sequence[float] | Sequence[Sequence[float]] | NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return a row of numbers for each case, by the number of its category.

    Parameters
    ----------
    codes
        Numbers of categories, NaN if missing, (n,).
    rows
        A number or a row of numbers for each category.

    Returns
    -------
    array
        (n,) or (n, columns), NaN where the category is missing.
    """
    import numpy as np

    table = np.array(rows, dtype=np.float64)
    table = np.concatenate([table, np.full_like(table[:1], np.nan)])
    values: NDArray[np.float64] = table[np.nan_to_num(codes, nan=len(rows)).astype(np.int64)]
    return values


def describe_source(task: str, column: Column, known: int, n: int) -> str:
    """Return a note on the column of a label and the number of cases that have one."""
    features = ", which is a feature, too" if column.role == "feature" else ""
    return (
        f"aux {task}: the label is column {clean(column.name)!r}{features};"
        f" known in {known} of {plural(n, 'case')}"
    )
