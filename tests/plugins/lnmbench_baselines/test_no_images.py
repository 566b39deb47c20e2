from __future__ import annotations

from lnmbench_baselines.no_images import NoImages


def test_there_is_nothing_to_encode() -> None:
    encoder = NoImages()
    assert (encoder.level, encoder.out_dim, encoder.weights.source) == ("none", 0, "none")
    assert len(encoder.stages()) == 0
