from __future__ import annotations

import inspect

import pytest
from lnmbench_checks import register_checks

from lnmbench.registry import Registry

FACTORIES = register_checks()


@pytest.mark.parametrize("name", FACTORIES)
def test_a_factory_has_the_summary_of_its_check(name: str) -> None:
    check = inspect.getdoc(type(FACTORIES[name]())) or ""
    assert check.splitlines()[0] == inspect.getdoc(FACTORIES[name])


def test_no_two_factories_make_the_same_check() -> None:
    assert len({type(factory()) for factory in FACTORIES.values()}) == len(FACTORIES)
    assert FACTORIES.keys() <= {offer.name for offer in Registry().checks.offers()}
