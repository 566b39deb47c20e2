"""A classical model on image features that a network learns from other labels."""

from __future__ import annotations

from lnmbench import UserError


class TwoStage:
    """A classical model on image features that a network learns from auxiliary tasks alone.

    Those of a training case come from a network that was trained without it.

    Parameters
    ----------
    aux
        Auxiliary tasks that the network learns, e.g. pt or pt+size.
    encoder
        Encoder of the network, e.g. resnet18 or "resnet18:weights=random"; by default that of
        networks.
    model
        Baseline that gets the features, e.g. logistic; by default that of a run.
    """

    def __init__(self, aux: str, encoder: str = "", model: str = "") -> None:
        if aux.strip() in ("", "none"):
            raise UserError(
                "baseline two_stage learns features from auxiliary tasks",
                expected="aux=pt, or aux=pt+size",
                got=f"aux={aux}",
                then="use the baseline pooled for features of the encoder alone",
            )
        self.aux, self.encoder, self.model = aux, encoder, model

    def reduction(self) -> None:
        """Return None: the model gets all features."""
