from __future__ import annotations

import math

from lnmbench.records import Trial
from lnmbench.store.ledger.trial_rows import read_trial, trial_row


def test_a_trial_that_diverged_survives_its_row() -> None:
    trial = Trial(candidate=1, settings={"C": 0.1}, losses=(0.5, math.inf), chosen=False)
    candidate, settings, mean, losses, chosen = trial_row(trial)
    assert (mean, losses) == (None, "[0.5, null]")
    assert read_trial(candidate, settings, losses, chosen) == trial


def test_a_dropped_trial_has_no_losses_in_its_row() -> None:
    trial = Trial(candidate=2, settings={"C": 0.1}, losses=())
    candidate, settings, mean, losses, chosen = trial_row(trial)
    assert (mean, losses) == (None, "[]")
    assert read_trial(candidate, settings, losses, chosen) == trial
