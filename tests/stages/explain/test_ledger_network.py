"""Networks of a ledger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lnmbench import UserError
from lnmbench.records import Choice
from lnmbench.stages.explain.ledger_network import resolve_network
from lnmbench.stages.run import find_feature_cache
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_folder import find_cohort_file
from lnmbench.store.ledger import LedgerReader


def test_a_network_of_a_ledger_has_the_feature_cache_of_its_run(
    bench: Any, transformer_run: Path
) -> None:
    with LedgerReader.open(transformer_run) as ledger:
        plan, methods = ledger.plan(), ledger.methods()
    cohort = read_cohort(find_cohort_file(bench.home, plan.fingerprint))
    for method in methods:
        network = resolve_network(method, plan, cohort, bench.registry)
        assert network.method.fingerprint == method.fingerprint
        assert len(network.tasks) == len(method.aux)
        assert sum(len(group.candidates) for group in network.groups) == 2
        cache = find_feature_cache(network, cohort, bench.home)
        assert cache is not None
        assert cache.path.is_file()


def test_an_encoder_with_other_parameters_is_refused(bench: Any, transformer_run: Path) -> None:
    with LedgerReader.open(transformer_run) as ledger:
        plan, (method, _) = ledger.plan(), ledger.methods()
    cohort = read_cohort(find_cohort_file(bench.home, plan.fingerprint))
    older = replace(method, encoder=Choice(name="middle", parameters={"train": "none"}))
    with pytest.raises(UserError, match="the encoder has other parameters than in the run"):
        resolve_network(older, plan, cohort, bench.registry)
