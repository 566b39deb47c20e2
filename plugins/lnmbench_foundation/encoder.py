"""Foundation models as encoders of volumes on their own grid."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

from lnmbench import UserError, Weights
from lnmbench_foundation.models import (
    CTFM,
    DEPTHS,
    FMCIB,
    MERLIN,
    SUPREM,
    FoundationModel,
    medicalnet_model,
)

if TYPE_CHECKING:
    from torch import nn

    from lnmbench.records import EncoderGrid


class FoundationEncoder:
    """A foundation model with weights from a file.

    Parameters
    ----------
    model
        The published network.
    weights
        The file with its weights, or `random`.
    seed
        Seed of random weights.
    """

    def __init__(self, model: FoundationModel, weights: str, seed: int) -> None:
        self.level: Literal["volume"] = "volume"
        self.out_dim = model.out_dim
        self._model, self._weights, self._seed = model, weights, seed

    @property
    def grid(self) -> EncoderGrid:
        """The grid of the volumes that the model was trained on."""
        return self._model.grid

    @property
    def weights(self) -> Weights:
        """The file of the weights, with source, license and training data of the model."""
        return self._built[1]

    def stages(self) -> nn.Sequential:
        """Return the stages of the network in eval mode, the last one is `pool`."""
        return self._built[0]

    @cached_property
    def _built(self) -> tuple[nn.Sequential, Weights]:
        from lnmbench_foundation.weights import load

        network, weights = load(self._model, self._weights, seed=self._seed)
        return network.stages().eval(), weights


def fmcib(weights: str, seed: int = 0) -> FoundationEncoder:
    """FMCIB: wide 3D ResNet-50, self-supervised on lesions of CT (Pai et al. 2024).

    Parameters
    ----------
    weights
        The file with its weights, or `random`.
    seed
        Seed of random weights.
    """
    return FoundationEncoder(FMCIB, weights, seed)


def ctfm(weights: str, seed: int = 0) -> FoundationEncoder:
    """CT-FM: encoder of a SegResNet, self-supervised on 148,000 CTs (Pai et al. 2025).

    Parameters
    ----------
    weights
        The file with its weights, or `random`.
    seed
        Seed of random weights.
    """
    return FoundationEncoder(CTFM, weights, seed)


def merlin(weights: str, seed: int = 0) -> FoundationEncoder:
    """Merlin: inflated ResNet-152 of abdominal CT (Blankemeier et al. 2026).

    Parameters
    ----------
    weights
        The file with its weights, or `random`.
    seed
        Seed of random weights.
    """
    return FoundationEncoder(MERLIN, weights, seed)


def suprem(weights: str, seed: int = 0) -> FoundationEncoder:
    """SuPreM: encoder of a U-Net that segments abdominal organs (Li et al. 2024).

    Parameters
    ----------
    weights
        The file with its weights, or `random`.
    seed
        Seed of random weights.
    """
    return FoundationEncoder(SUPREM, weights, seed)


def medicalnet(weights: str, depth: int = 50, seed: int = 0) -> FoundationEncoder:
    """MedicalNet: 3D ResNet that segments organs in CT and MRI (Chen et al. 2019).

    Parameters
    ----------
    weights
        The file with its weights, or `random`.
    depth
        Depth of the network: 10, 18, 34, 50, 101, 152 or 200.
    seed
        Seed of random weights.
    """
    if depth not in DEPTHS:
        raise UserError(
            "wrong depth of medicalnet", expected=", ".join(map(str, DEPTHS)), got=str(depth)
        )
    return FoundationEncoder(medicalnet_model(depth), weights, seed)
