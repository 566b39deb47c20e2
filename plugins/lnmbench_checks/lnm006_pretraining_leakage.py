"""LNM006: encoders that were pretrained on the cohort."""

from __future__ import annotations

import re
from typing import Literal

from lnmbench.records import NetworkMethod, Results, image_network
from lnmbench_checks.messages import docs_address, join_messages

COHORT = "cohort"


class PretrainingLeakage:
    """No encoder may be pretrained on the cohort, which includes the test folds.

    Imputation, scaling, search and thresholds are fitted inside each fold; only the encoder comes
    from before. `pretrained_on` declares its training data: `cohort`, or the name of the data set.
    Not applicable if no method encodes images, or if no such encoder is declared and weights of a
    file have undeclared training data (LNM016 reports these).
    """

    title = "no encoder was pretrained on the cohort"
    severity: Literal["error"] = "error"
    remedy = "use weights that were trained on other patients; the scores of this run are leaked"
    docs = docs_address("LNM006")

    def __call__(self, results: Results) -> str | None:
        """Return the methods with such an encoder."""
        methods = image_networks(results)
        cohort_names = {COHORT, results.cohort.partition(":")[0].casefold()}
        messages = [
            f"{method.label}: pretrained on {training_data(method)}"
            for method in methods
            if cohort_names & set(re.split(r"[\s,;+]+", training_data(method).casefold()))
        ]
        if not messages and any(map(has_undeclared_weights, methods)):
            return None
        return join_messages(messages) if methods else None


def image_networks(results: Results) -> list[NetworkMethod]:
    """Return the networks that encode images, those of baselines as well."""
    methods = [result.method for result in results.method_results]
    return list(filter(None, map(image_network, methods)))


def has_undeclared_weights(method: NetworkMethod) -> bool:
    """Return whether the weights are of a file and their training data are not declared."""
    return method.weights.source.startswith("file:") and not training_data(method)


def training_data(method: NetworkMethod) -> str:
    """Return the training data of an encoder's weights, as user and plugin declare them."""
    declared = str(method.encoder.parameters.get("pretrained_on", "")).strip()
    return "; ".join(filter(None, (declared, method.weights.pretrained_on)))
