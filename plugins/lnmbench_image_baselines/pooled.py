"""A classical model on the features of a frozen encoder, averaged over slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        Largest number of principal components, or several, joined by plus signs, among which the
        inner folds choose.
    """

    aux = ""

    def __init__(self, encoder: str = "", model: str = "", components: int | str = 16) -> None:
        numbers = [text.strip() for text in str(components).split("+")]
        if not all(text.isdecimal() and int(text) >= 1 for text in numbers):
            raise UserError(
                "wrong value for components",
                where="baseline pooled",
                expected="1 or more, or several numbers joined by plus signs",
                got=str(components),
            )
        self.encoder, self.model = encoder, model
        self.components = tuple(dict.fromkeys(map(int, numbers)))

    def reductions(self) -> Sequence[Mapping[str, int]]:
        """Return the numbers of components among which the inner folds choose."""
        if len(self.components) == 1:
            return [{}]
        return [{"components": number} for number in self.components]

    def reduction(self, components: int | None = None) -> Any:
        """Return an unfitted transformer to principal components of standardized features."""
        from lnmbench_image_baselines.components import LeadingComponents

        return LeadingComponents(components or self.components[0])
