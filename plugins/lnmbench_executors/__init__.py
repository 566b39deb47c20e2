"""Executors: this process, or a pool of processes."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor

from lnmbench import hookimpl


@hookimpl
def register_executors() -> Mapping[str, Callable[..., Executor]]:
    """Offer this process and a pool of processes."""
    from lnmbench_executors.inline import InlineExecutor
    from lnmbench_executors.processes import processes

    return {"inline": InlineExecutor, "processes": processes}
