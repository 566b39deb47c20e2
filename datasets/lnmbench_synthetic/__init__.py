"""The data set `synthetic`: chest phantoms and clinical features whose true risk is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Return the data set `synthetic`."""
    from lnmbench_synthetic.dataset import Synthetic

    return {"synthetic": Synthetic}
