"""Training settings and their bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[training]\nlearning_rat = 1",
            "unknown parameter 'learning_rat'.*did you mean learning_rate",
        ),
        ("[training]\nlearning_rate = 0", "learning_rate.*expected a positive number"),
        ("[training]\ndropout = 1.0", "dropout.*expected below 1"),
        ("[training]\nlayers = 1000000000", "layers.*expected at most 256, got 1000000000"),
        ("[training]\nmax_epochs = 99999999999", "max_epochs.*expected at most 1000000"),
        ("[training]\nlayers = -1", "layers.*expected zero or a positive number"),
        (
            '[training]\npooling = "transformer"',
            "pooling=transformer.*expected layers of 1 or more",
        ),
        (
            '[training]\nsearch_pooling = "max+transformer"',
            "search_pooling=transformer.*expected layers of 1 or more",
        ),
        (
            '[training]\nsearch_pooling = "max+median"',
            "setting search_pooling: expected none, or some of mean, .*got median",
        ),
        (
            'tune = 2\n[training]\nsearch_pooling = "max+attention"',
            "--tune 2 cannot try the 3 poolings mean, max, attention: expected --tune 3 or more",
        ),
        (
            "[training]\nsearch_epochs = 9\nmax_epochs = 9",
            r"search_epochs: expected none, or below max_epochs .9., got 9",
        ),
        ("[training]\nsearch_epochs = 0", "search_epochs: expected a positive number"),
        ('[training]\npooling = "median"', "wrong value for pooling.*mean | max | attention"),
        ("[training]\nwarmup_epochs = 9\nmax_epochs = 9", r"warmup_epochs.*below max_epochs .9"),
        ("[training]\nlayers = 2\ntoken_dim = 30", "token_dim.*a multiple of heads"),
        ("[training]\nmax_epochs = 1.5", "wrong value for max_epochs"),
    ],
)
def test_a_wrong_training_setting_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "b.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message) as refused:
        read_benchmark(file, {})
    assert "\n" not in str(refused.value)
