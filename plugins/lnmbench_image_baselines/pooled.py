"""A classical model on the features of a frozen encoder, averaged over slices."""

from __future__ import annotations

from typing import Any

from lnmbench import UserError


class Pooled:
    """A classical model on principal components of an encoder's features and clinical features.

    The features of the frozen encoder are averaged over the slices of a case and standardized.
    Their principal components are found in the training cases of each fit.

    Parameters
    ----------
    encoder
        Encoder, e.g. resnet18 or "resnet18:weights=random"; by default that of networks.
    model
        Baseline that gets the features, e.g. logistic; by default that of a run.
    components
        Largest number of principal components.
    """

    aux = ""

    def __init__(self, encoder: str = "", model: str = "", components: int = 16) -> None:
        if components < 1:
            raise UserError(
                "wrong value for components",
                where="baseline pooled",
                expected="1 or more",
                got=str(components),
            )
        self.encoder, self.model, self.components = encoder, model, components

    def reduction(self) -> Any:
        """Return an unfitted transformer to principal components of standardized features."""
        from lnmbench_image_baselines.components import LeadingComponents

        return LeadingComponents(self.components)
