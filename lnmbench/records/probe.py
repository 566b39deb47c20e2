"""Linear probes of an encoder: labels that ridge regression predicts from its frozen features."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

from lnmbench.records.choice import Choice
from lnmbench.records.column import Kind
from lnmbench.records.method import NetworkMethod
from lnmbench.records.modalities import choose_modalities
from lnmbench.records.score import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedLabel:
    """Prediction of one label from the features of an encoder.

    `auc` is that of a binary label, the mean over the classes of a nominal one; `spearman` and `r2`
    are of ordinal and continuous labels. None if they are undefined. `auc` and `spearman` are means
    over the folds with corrected intervals, `r2` is the mean over the repeats.
    """

    name: str
    role: Literal["target", "aux"]
    kind: Kind
    known: int
    auc: Estimate | None = None
    spearman: Estimate | None = None
    r2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdealLabel:
    """Gain in AUC by a perfect auxiliary label, in a simulated cohort whose risk is known.

    The target is drawn `draws` times from the true risk. `without` is the mean AUC of logistic
    regression on the clinical features and the target's score from the image features, `gain` the
    mean difference if the score of the latent variable in column `latent` is added. `error` is its
    Monte Carlo error, `spread` the standard deviation over the draws.
    """

    latent: str
    draws: int
    without: float
    gain: float
    error: float
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderProbe:
    """The labels that a linear model finds in the frozen features of an encoder, (cases, width).

    `key` is the `probe_key` of the networks with these features; `repeats` and `folds` say how
    scores were cross-validated.
    """

    key: str
    width: int
    cases: int
    repeats: int
    folds: int
    labels: tuple[ProbedLabel, ...]
    ideal: IdealLabel | None = None


def probe_key(method: NetworkMethod) -> str:
    """Return 16 hexadecimal digits, equal for networks with the same frozen features."""
    encoder = choose_modalities(method.portable_encoder, None)
    parameters = {name: value for name, value in encoder.parameters.items() if name != "train"}
    settings = {
        "encoder": asdict(Choice(name=encoder.name, parameters=parameters)),
        "weights": method.weights.sha256 or method.weights.source,
        "window_hu": method.window_hu,
        **({"region": method.region} if method.region != "tumor" else {}),
    }
    text = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
