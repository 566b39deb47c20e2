"""Has an encoder seen the cohort before the folds were made?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from lnmbench.records import NetworkMethod, Results
from lnmbench_checks.wording import few

COHORT = "cohort"


class PretrainedOnCohort:
    """An encoder that was trained on the cohort itself, the test folds included.

    Imputation, scaling, tuning and thresholds are fitted inside each fold; what stands before the
    folds is the encoder. `pretrained_on` says what it has seen: `cohort`, or the data set's name.
    Does not apply without an encoder of images, nor, where none such was found, with weights of a
    file of which nothing is declared: it cannot look there, and LNM016 warns of them.
    """

    title = "preprocessing fitted outside the fold"
    severity: Literal["error"] = "error"
    remedy = "use weights that were trained on other patients: the scores are leaked"

    def __call__(self, results: Results) -> str | None:
        """Return the arms with such an encoder."""
        methods = list(_with_images(results))
        own = {COHORT, results.cohort.partition(":")[0].casefold()}
        found = [
            f"{one.label}: pretrained on {_declared(one)}"
            for one in methods
            if own & set(re.split(r"[\s,;+]+", _declared(one).casefold()))
        ]
        if not found and any(map(_is_unknown, methods)):
            return None
        return few(found) if methods else None


class UndeclaredWeights:
    """An encoder with weights of a file, and nothing said of what they were trained on.

    Does not apply without an encoder of images.
    """

    title = "weights of unknown training"
    severity: Literal["warning"] = "warning"
    remedy = (
        "say what the weights have seen, e.g. resnet50:weights=FILE,pretrained_on=imagenet, or"
        " pretrained_on=cohort where it was this cohort"
    )

    def __call__(self, results: Results) -> str | None:
        """Return the arms with such an encoder."""
        methods = list(_with_images(results))
        found = [f"{one.label}: {one.weights.source}" for one in methods if _is_unknown(one)]
        return few(found) if methods else None


def _with_images(results: Results) -> Iterator[NetworkMethod]:
    for outcome in results.method_results:
        if isinstance(outcome.method, NetworkMethod) and outcome.method.level != "none":
            yield outcome.method


def _is_unknown(method: NetworkMethod) -> bool:
    """Whether nobody says what the weights were trained on."""
    return method.weights.source.startswith("file:") and not _declared(method)


def _declared(method: NetworkMethod) -> str:
    return str(method.encoder.parameters.get("pretrained_on", "")).strip()
