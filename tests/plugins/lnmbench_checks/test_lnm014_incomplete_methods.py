from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lnmbench_checks.lnm014_incomplete_methods import IncompleteMethods

from lnmbench.records import MethodResult, Results


def test_an_incomplete_method_is_reported(
    method_run: Callable[..., Results], single: MethodResult, with_pt: MethodResult
) -> None:
    run = method_run(single, replace(with_pt, units_done=7))
    assert IncompleteMethods()(run) == "with pT: 7 of 20 outer folds"
    assert IncompleteMethods()(method_run(single)) == ""
    assert IncompleteMethods()(method_run()) is None
