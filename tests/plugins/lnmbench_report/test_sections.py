from __future__ import annotations

import inspect

import pytest
from lnmbench_report import register_sections

from lnmbench.registry import Registry

FACTORIES = register_sections()


@pytest.mark.parametrize("name", FACTORIES)
def test_a_factory_has_the_summary_of_its_section(name: str) -> None:
    section = inspect.getdoc(type(FACTORIES[name]())) or ""
    assert section.splitlines()[0] == inspect.getdoc(FACTORIES[name])


def test_no_two_factories_make_the_same_section() -> None:
    assert len({type(factory()) for factory in FACTORIES.values()}) == len(FACTORIES)
    assert FACTORIES.keys() <= {offer.name for offer in Registry().sections.offers()}
