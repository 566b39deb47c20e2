from __future__ import annotations

import torch
from lnmbench_tnm.label_heads import OrderedClasses
from lnmbench_tnm.ordered_head import OrderedHead


def test_features_move_the_score_and_not_the_thresholds() -> None:
    torch.manual_seed(0)
    head = OrderedHead(4, 5)
    features = torch.randn(50, 4)
    assert (head(features) == 0).all()
    with torch.no_grad():
        head.score.weight.normal_()
        head.distances.copy_(torch.tensor([0.5, -1.0, 2.0, 7.0]))
    p = OrderedClasses(5).probabilities(head(features)).detach().double()
    exceeding = p.flip(1).cumsum(1).flip(1)[:, 1:]  # P(class > k), (50, 4)
    thresholds = head.score(features).detach().double() - exceeding.logit()
    spread = thresholds.std(0)
    assert float(spread.max()) < 1e-3
    assert (thresholds[0].diff() > 0).all()
