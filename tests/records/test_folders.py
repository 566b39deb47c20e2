"""Folders of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lnmbench.records import Plan, RunFolders


def test_the_ledgers_folder_names_cohort_and_protocol(plan: Plan) -> None:
    folders = RunFolders(home=Path("home"), runs=Path("runs"))
    assert folders.ledger_folder(plan) == Path("runs/made-n2-2x3x2-seed0-ffffffff")
    odd = replace(plan, dataset="table:path=/home/jane_doe/x.csv", fingerprint="e" * 32)
    assert folders.ledger_folder(odd) == Path("runs/table-n2-2x3x2-seed0-eeeeeeee")
    other = replace(plan, protocol=replace(plan.protocol, train_unlabeled=True))
    assert folders.ledger_folder(other) == Path("runs/made-n2-unlabeled-2x3x2-seed0-ffffffff")
    masked = replace(plan, protocol=replace(other.protocol, missing_images="mask"))
    assert folders.ledger_folder(masked) == Path(
        "runs/made-n2-unlabeled-masked-2x3x2-seed0-ffffffff"
    )
    excluded = replace(plan, protocol=replace(plan.protocol, missing_images="exclude"))
    assert folders.ledger_folder(excluded) == Path("runs/made-n2-imaged-2x3x2-seed0-ffffffff")


def test_a_chosen_folder_is_used_as_it_is(plan: Plan) -> None:
    assert RunFolders(home=Path("home"), out=Path("x")).ledger_folder(plan) == Path("x")
