"""Encoders of planned networks: refusals and the notice about fine-tuning."""

from __future__ import annotations

from lnmbench.contracts import Encoder
from lnmbench.errors import UserError
from lnmbench.records import Choice, Method, NetworkMethod, Training


def refuse_untrainable(encoder: Encoder, choice: Choice, training: Training) -> None:
    """Raise `UserError` for an encoder that cannot be trained or augmented as chosen.

    Parameters
    ----------
    encoder
        The encoder that `choice` names.
    choice
        The encoder's choice; its parameter `train` names the first encoder stage to train.
    training
        The training settings of the network.
    """
    name = str(choice.parameters.get("train", "none"))
    if name != "none" and encoder.level != "slice":
        raise UserError(
            f"encoder {choice.name} is of level {encoder.level} and cannot be trained",
            expected="train=none",
            got=f"train={name}",
        )
    frozen = encoder.level != "none"
    if name != "none":
        from lnmbench.nets.encoder.frozen import split_stages

        frozen = bool(len(split_stages(encoder.stages(), name)[0]))
    if frozen and training.augment != "none" and training.views < 2:
        raise UserError(
            "training setting views",
            expected=f"at least 2 to augment what the frozen {choice.name} sees",
            got=str(training.views),
        )


def refuse_heads(encoder: Encoder, choice: Choice, training: Training) -> None:
    """Raise `UserError` for features that attention heads cannot divide among them."""
    if encoder.level != "none" and training.token_dim is None and encoder.out_dim % training.heads:
        raise UserError(
            f"token_dim none keeps the {encoder.out_dim} features of {choice.name}",
            expected=f"a multiple of heads ({training.heads})",
            then="choose heads that divide it, or a token_dim",
        )


def fine_tuning_note(method: Method) -> str | None:
    """Return a notice about fine-tuning, or None for a method that trains no encoder."""
    if not isinstance(method, NetworkMethod) or method.trained_from == "none":
        return None
    norms = {"frozen": "kept as they are", "batch": "taken from each batch"}
    whole = method.trained_from == "all"
    return (
        f"{method.encoder.name}: trained {'as a whole' if whole else f'from {method.trained_from}'}"
        f" at a learning rate of {method.training.encoder_learning_rate:g}; statistics of batch"
        f" normalization are {norms[method.training.batch_norm]} (training setting batch_norm)"
    )
