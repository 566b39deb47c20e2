from __future__ import annotations

import inspect

from lnmbench.hookspecs import Hooks
from lnmbench.registry import Registry

HOOKS = [name for name in vars(Hooks) if not name.startswith("_")]
EVENTS = ["run_started", "unit_finished", "run_finished"]


def test_every_role_has_its_hook_in_the_order_of_the_pipeline() -> None:
    offers = [name for name in HOOKS if name not in EVENTS]
    assert offers == [role.hook for role in Registry().roles]


def test_events_happen_between_training_and_scoring() -> None:
    start = HOOKS.index("run_started")
    assert HOOKS[start : start + 3] == EVENTS
    assert HOOKS[start - 1] == "register_executors"
    assert HOOKS[start + 3] == "register_metrics"


def test_every_hook_is_documented_and_marked() -> None:
    for name in HOOKS:
        hook = getattr(Hooks, name)
        assert inspect.getdoc(hook)
        assert hasattr(hook, "lnmbench_spec")
