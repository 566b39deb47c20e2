"""Parts of the report: what was done, Table 1, Table 2, and what they allow to conclude."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Section


@hookimpl
def register_sections() -> Mapping[str, Callable[..., Section]]:
    """Offer the paper's tables, with what is needed to judge them."""
    from lnmbench_tables.comparisons import Comparisons
    from lnmbench_tables.conclusion import Conclusion
    from lnmbench_tables.cost import Costs
    from lnmbench_tables.performance import Performance
    from lnmbench_tables.search import Searched
    from lnmbench_tables.setting import Setting
    from lnmbench_tables.tuning import Tuning

    return {
        "setting": Setting,
        "performance": Performance,
        "comparisons": Comparisons,
        "tuning": Tuning,
        "conclusion": Conclusion,
        "cost": Costs,
        "search": Searched,
    }
