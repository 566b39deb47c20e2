"""LNM016: weights whose training data are not declared."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench_checks.lnm006_pretraining_leakage import has_undeclared_weights, image_networks
from lnmbench_checks.messages import docs_address, join_messages


class UndeclaredWeights:
    """The training data of weights from a file must be declared by `pretrained_on`.

    Not applicable if no method encodes images.
    """

    title = "the training data of all weights are declared"
    severity: Literal["warning"] = "warning"
    remedy = (
        "declare the training data, e.g. resnet50:weights=FILE,pretrained_on=imagenet, or"
        " pretrained_on=cohort for this cohort"
    )
    docs = docs_address("LNM016")

    def __call__(self, results: Results) -> str | None:
        """Return the methods with such weights."""
        methods = image_networks(results)
        messages = [
            f"{method.label}: {method.weights.source}"
            for method in methods
            if has_undeclared_weights(method)
        ]
        return join_messages(messages) if methods else None
