"""Every setting that the inner folds of a network judged, chosen or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Block, Cell, MethodResult, NetworkMethod, Results, TableColumn
from lnmbench_report.arms import complete
from lnmbench_report.by_method import by_method
from lnmbench_report.printed import decimal
from lnmbench_report.tables.tuning import figure

COLUMNS = (
    TableColumn(key="candidate", heading="No."),
    TableColumn(key="settings", heading="Settings", align="left"),
    TableColumn(key="loss", heading="Loss"),
    TableColumn(key="chosen", heading="Chosen"),
)


class Searched:
    """The settings that were tried for each tuned network, with their losses."""

    order = 70

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing where no complete network was tuned."""
        tuned = [
            outcome
            for outcome in complete(results)
            if outcome.search is not None and isinstance(outcome.method, NetworkMethod)
        ]
        return by_method(
            results,
            tuned,
            _rows,
            key="search",
            title="Settings that were tried",
            columns=COLUMNS,
            notes=(
                "Loss: mean log loss of the target over the inner folds of all outer folds; – "
                "where a fit diverged. Number 1 are the settings that were given. The ledger has "
                "the losses of each fold.",
            ),
        )


def _rows(outcome: MethodResult) -> Iterator[tuple[Cell, ...]]:
    search = outcome.search
    assert search is not None
    for tried in search.trials:
        settings = ", ".join(f"{name}={figure(value)}" for name, value in tried.settings.items())
        won = sum(one.candidate == tried.candidate for one in search.chosen)
        yield (
            Cell(text=str(tried.candidate), value=float(tried.candidate)),
            Cell(text=settings),
            Cell(text=decimal(tried.loss), value=tried.loss),
            Cell(text=f"{won} of {len(search.chosen)}", value=float(won)),
        )
