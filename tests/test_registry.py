from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from lnmbench.records import Choice
from lnmbench.registry import Registry

Write = Callable[[str, str], str]


def test_everything_offered_can_be_described_without_torch() -> None:
    code = (
        "import sys; from lnmbench.registry import Registry;"
        "from lnmbench.parameters import parameters_of;"
        "registry = Registry();"
        "offers = [o for r in registry.roles for o in r.offers()];"
        "[parameters_of(o.factory) for o in offers];"
        "assert registry.problems == [], registry.problems;"
        "assert all(o.summary for o in offers), [o.name for o in offers if not o.summary];"
        "assert 'torch' not in sys.modules; print(len(offers))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > len(Registry().roles)


def test_there_is_one_role_for_each_contract() -> None:
    registry = Registry()
    assert registry.encoders in registry.roles
    names = [role.name for role in registry.roles]
    assert len(set(names)) == len(names) == 13
    assert registry.aux_tasks.plural == "aux tasks"
    assert registry.aux_tasks.hook == "register_aux_tasks"


def test_the_core_adds_parameters_to_encoders_and_tasks() -> None:
    registry = Registry()
    bound = registry.encoders.bind(Choice(name="none", parameters={"train": "all"}))
    assert bound.parameters == {"train": "all", "pretrained_on": ""}
    assert registry.encoders.build(bound).level == "none"
    assert registry.aux_tasks.bind(Choice(name="pt")).parameters["shuffled"] == 0
