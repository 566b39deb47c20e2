"""Parameters of the causal model: those on which the true risk of a population depends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PtRule = Literal["derived", "independent", "latent"]
"""Rule for pT: derived from the tumor, of another patient, or cut from the invasiveness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CausalModel:
    """Parameters of the causal model; the defaults are those of the data set.

    `effect` is the weight of the invasiveness in the log odds of N2, `prevalence` the share of N2
    in the simulated population. `noise` divides all log odds. `visibility` is the contrast of the
    solid share, and how closely it follows the invasiveness. `pt` is the rule for pT.
    """

    effect: float = 1.0
    prevalence: float = 0.25
    noise: float = 1.0
    visibility: float = 1.0
    pt: PtRule = "derived"
