"""Settings that the user named and that affect none of the planned networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.config import Benchmark
from lnmbench.records import NetworkMethod, Precision

_OF_IMAGES = (
    "window",
    "token_dim",
    "projection",
    "layers",
    "heads",
    "dropout",
    "pooling",
    "search_pooling",
    "augment",
    "views",
    "encoder_learning_rate",
    "batch_norm",
    "precision",
    "compile",
)
_OF_FINE_TUNING = ("encoder_learning_rate", "batch_norm", "compile")
_OF_NETWORKS = ("weighting", "window", "tune")


def notice_ineffective_settings(
    benchmark: Benchmark,
    networks: Sequence[NetworkMethod],
    encoders: Sequence[NetworkMethod] = (),
) -> list[str]:
    """Return a notice on the settings that the user named in vain, if there are any.

    A setting that affects one of the networks is not among them, and neither is a default.

    Parameters
    ----------
    benchmark
        The benchmark, which has the settings.
    networks
        The networks that are trained.
    encoders
        These, and the networks whose features a baseline gets without any training.
    """
    precision = benchmark.training.precision
    named = [name for name in _OF_NETWORKS if name in benchmark.model_fields_set]
    named += benchmark.named_training
    if any(n.level != "none" and n.training.precision == precision for n in encoders):
        named = [name for name in named if name != "precision"]
    reasons = [dict(_list_reasons(network, precision)) for network in networks]
    ineffective: dict[str, list[str]] = {}
    for name in named:
        if all(name in reason_of for reason_of in reasons):
            why = " or ".join(dict.fromkeys(reason_of[name] for reason_of in reasons))
            ineffective.setdefault(why or "no method is a network", []).append(name)
    if not ineffective:
        return []
    parts = [f"{', '.join(names)} ({why})" for why, names in ineffective.items()]
    return [f"settings without effect in this run: {'; '.join(parts)}"]


def _list_reasons(network: NetworkMethod, precision: Precision) -> Iterator[tuple[str, str]]:
    """Yield the settings that do not affect a network, with a reason; the last one counts."""
    training = network.training
    if not network.aux:
        yield "weighting", "no auxiliary task"
    if training.max_epochs <= training.warmup_epochs + 1:
        epochs = f"max_epochs={training.max_epochs}, warmup_epochs={training.warmup_epochs}"
        yield "schedule", f"training ends with the warm-up: {epochs}"
    if network.trained_from == "none":
        yield from ((name, "no encoder stage is trained") for name in _OF_FINE_TUNING)
    if training.precision != precision != "auto":
        is_for_all = precision == "bfloat16"
        yield "precision", "no images to encode" if is_for_all else "no encoder stage is trained"
    if training.augment == "none":
        yield "views", "augment=none"
    elif network.trained_from == "all":
        yield "views", "train=all"
    if training.token_dim is None:
        yield "projection", "token_dim=none"
    if training.layers == 0:
        yield from ((name, "layers=0") for name in ("heads", "dropout"))
    if network.grid is not None:
        yield "window", "the encoder has its own grid"
    if network.tune == 1:
        yield from ((name, "no --tune") for name in ("search_pooling", "search_epochs"))
    if network.level == "volume":
        yield from ((name, "a volume is one token") for name in ("pooling", "search_pooling"))
    if network.level == "none":
        yield from ((name, "no images") for name in _OF_IMAGES)
