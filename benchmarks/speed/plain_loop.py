"""The network and the loop as one would write them in PyTorch: one fit after the other."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import brentq
from sklearn.decomposition import PCA
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader

from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.rng import seeded_generator
from lnmbench.nets.stacked.dropout import penalty_to_dropout
from lnmbench.nets.train_loop import rate_factor, shuffle_into_batches
from lnmbench.records import Training


class PlainNetwork(nn.Module):
    """The network with the stacked network's names.

    With a fixed projection, its inputs are principal components already, averaged by case if
    there are no layers. `cases` is the number of training cases.
    """

    def __init__(self, dim: int, clinical: int, settings: Training, cases: int) -> None:
        super().__init__()
        width = settings.token_dim or dim
        trained = settings.token_dim and settings.projection == "trained"
        self.project = nn.Linear(dim, width) if trained else nn.Identity()
        self.encoder = None
        if settings.layers:
            layer = nn.TransformerEncoderLayer(
                width,
                settings.heads,
                dim_feedforward=2 * width,
                dropout=settings.dropout,
                batch_first=True,
            )
            self.encoder = nn.TransformerEncoder(layer, settings.layers, enable_nested_tensor=False)
        rate = penalty_to_dropout(torch.tensor([settings.feature_penalty]), torch.tensor([cases]))
        self.dropout = nn.Dropout(float(rate))
        self.fc = nn.Linear(width, settings.image_features)
        self.target = nn.Linear(settings.image_features + clinical, 1)

    def forward(self, slices: Tensor, clinical: Tensor, padding: Tensor) -> Tensor:
        tokens = self.project(slices)
        if self.encoder is not None:
            tokens = self.encoder(tokens, src_key_padding_mask=padding)
        real = ~padding.unsqueeze(-1)
        pooled = self.dropout((tokens * real).sum(1) / real.sum(1))
        risk: Tensor = self.target(torch.cat([self.fc(pooled), clinical], 1))
        return risk.squeeze(-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The cases of one fit: its standardized slices (n, L, D), padded once."""

    slices: Tensor
    padding: Tensor
    clinical: Tensor
    target: Tensor

    def forward(self, network: PlainNetwork, cases: Tensor) -> Tensor:
        longest = int((~self.padding[cases]).sum(1).max())
        padding = self.padding[cases, :longest]
        risk: Tensor = network(self.slices[cases, :longest], self.clinical[cases], padding)
        return risk

    def loss(self, network: PlainNetwork, cases: Tensor) -> Tensor:
        risk = self.forward(network, cases)
        return functional.binary_cross_entropy_with_logits(risk, self.target[cases])

    def loader(self, cases: Tensor, order: torch.Generator, size: int) -> DataLoader[Any]:
        """Return batches (slices, clinical, padding, target) of these cases, padded one by one.

        They come from host memory, wherever the cases are.
        """
        lengths = (~self.padding).sum(1).tolist()
        slices, clinical, target = self.slices.cpu(), self.clinical.cpu(), self.target.cpu()
        items = [(slices[i, : lengths[i]], clinical[i], target[i]) for i in cases.tolist()]
        pinned = self.slices.is_cuda
        return DataLoader(
            items, size, shuffle=True, generator=order, collate_fn=_pad_batch, pin_memory=pinned
        )


def _pad_batch(batch: list[tuple[Tensor, Tensor, Tensor]]) -> tuple[Tensor, ...]:
    slices, clinical, target = zip(*batch, strict=True)
    padded = nn.utils.rnn.pad_sequence(slices, batch_first=True)
    lengths = torch.tensor([len(case) for case in slices])
    padding = torch.arange(padded.shape[1]) >= lengths[:, None]
    return padded, torch.stack(clinical), padding, torch.stack(target)


def prepare_cases(
    inputs: Inputs, fits: Fits, k: int, settings: Training, device: torch.device
) -> Cases:
    """Return the cases of fit k: standardized, and projected if the projection is fixed."""
    assert inputs.slices is not None
    lengths, features = inputs.slices.counts, inputs.slices.features
    training = features[torch.repeat_interleave(fits.training[k], lengths)]
    standardized = (features - training.mean(0)) / training.std(0, correction=0)
    if settings.projection == "principal":
        standardized = _project(standardized, lengths, fits.training[k], settings)
        lengths = torch.ones_like(lengths)
    padded = nn.utils.rnn.pad_sequence(standardized.split(lengths.tolist()), batch_first=True)
    padding = torch.arange(padded.shape[1]) >= lengths[:, None]
    return Cases(
        slices=padded.to(device),
        padding=padding.to(device),
        clinical=fits.clinical[k].to(device),
        target=inputs.target.to(device),
    )


def _project(standardized: Tensor, lengths: Tensor, training: Tensor, settings: Training) -> Tensor:
    """Return the principal components of the mean of each case's slices, by scikit-learn."""
    if settings.layers or settings.token_dim is None:
        raise ValueError("the plain loop has components of cases alone")
    clipped = standardized.clamp_(-5.0, 5.0)
    means = torch.stack([part.mean(0) for part in clipped.split(lengths.tolist())]).numpy()
    trained = means[training.numpy()]
    width = min(settings.token_dim, len(trained) - 1, means.shape[1])
    components = PCA(width, svd_solver="full").fit(trained.astype(np.float64))
    # as the stacked trainer does: not centered, one scale for all, the largest element positive
    axes = components.components_
    largest = axes[np.arange(width), np.abs(axes).argmax(1)]
    axes = axes * np.sign(largest)[:, None] / np.sqrt((trained @ axes.T).var(0).mean())
    tokens = np.zeros((len(means), settings.token_dim), np.float32)
    tokens[:, :width] = means @ axes.T
    return torch.from_numpy(tokens)


def make_optimizer(network: PlainNetwork, settings: Training) -> torch.optim.AdamW:
    """Return AdamW with the stacked network's rates: slow for the projection, fast for the head."""
    dim = getattr(network.project, "in_features", 1)
    width = getattr(network.project, "out_features", 1)
    rate = settings.learning_rate
    groups: list[dict[str, Any]] = []
    for name, parameter in network.named_parameters():
        lr = rate * min(1.0, math.sqrt(width / dim)) if name.startswith("project.") else rate
        lr = settings.head_learning_rate if name.startswith("target.") else lr
        # torch scales decay with the rate of the group, the stacked trainer with that of the fit.
        decay = settings.weight_decay * rate / lr if parameter.dim() > 1 else 0.0
        same = (group for group in groups if (group["lr"], group["weight_decay"]) == (lr, decay))
        group = next(same, None)
        if group is None:
            group = {"params": [], "lr": lr, "weight_decay": decay}
            groups.append(group)
        group["params"].append(parameter)
    return torch.optim.AdamW(groups)


def train_plainly(
    inputs: Inputs,
    fits: Fits,
    k: int,
    settings: Training,
    initial: dict[str, Tensor] | None = None,
    *,
    loading: bool = False,
    device: torch.device | str = "cpu",
) -> NDArray[np.float64]:
    """Train fit k as an ordinary module and return its probabilities.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    fits
        The fits.
    k
        The index of the fit.
    settings
        The network, its rates and the number of epochs.
    initial
        The initial parameters; None for torch's own.
    loading
        Whether batches come from a DataLoader that pads them, as most code does; otherwise they
        are cut from cases that were padded once on the device.
    device
        The device to train on.

    Returns
    -------
    NDArray
        Probabilities (n,), NaN for cases that are not predicted.
    """
    assert inputs.slices is not None
    device = torch.device(device)
    data = prepare_cases(inputs, fits, k, settings, device)
    torch.manual_seed(fits.seeds[k])  # dropout has no other handle
    cases = int(fits.training[k].sum())
    network = PlainNetwork(inputs.slices.dim, fits.clinical.shape[2], settings, cases).to(device)
    nn.init.zeros_(network.target.weight)
    nn.init.zeros_(network.target.bias)
    if initial is not None:
        network.load_state_dict(initial)
    optimizer, order = make_optimizer(network, settings), seeded_generator(fits.seeds[k], "order")
    rates = LambdaLR(optimizer, lambda epoch: rate_factor(settings, epoch + 1))
    training, validation, predicted = (
        part[k].nonzero().flatten() for part in (fits.training, fits.validation, fits.predicted)
    )
    lowest, best = float("inf"), network.state_dict()
    loader = data.loader(training, order, settings.batch_size) if loading else None

    def losses() -> Iterator[Tensor]:
        if loader is None:
            for cases in shuffle_into_batches(training, order, settings.batch_size):
                yield data.loss(network, cases.to(device))
            return
        for batch in loader:
            slices, clinical, padding, target = (x.to(device, non_blocking=True) for x in batch)
            risk = network(slices, clinical, padding)
            yield functional.binary_cross_entropy_with_logits(risk, target)

    for _ in range(settings.max_epochs):
        network.train()
        for loss in losses():
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
            optimizer.step()
        rates.step()
        network.eval()
        with torch.no_grad():
            validated = float(data.loss(network, validation.to(device)))
        if validated < lowest:
            lowest, best = validated, copy.deepcopy(network.state_dict())
    network.load_state_dict(best)
    probabilities = np.full(len(inputs.target), np.nan)
    with torch.no_grad():
        risk = data.forward(network, training.to(device))
        shift = intercept_shift(risk, data.target[training.to(device)])
        risk = data.forward(network, predicted.to(device)) + shift
        probabilities[predicted.numpy()] = risk.sigmoid().double().cpu().numpy()
    return probabilities


def intercept_shift(logits: Tensor, target: Tensor) -> float:
    """Return the shift of the logits (n,) whose mean probability is the mean of the target (n,)."""

    def excess(shift: float) -> float:
        return float((logits.double() + shift).sigmoid().sum() - target.double().sum())

    return float(brentq(excess, -30.0, 30.0))


def train_one_by_one(
    inputs: Inputs,
    fits: Fits,
    settings: Training,
    *,
    loading: bool = False,
    device: torch.device | str = "cpu",
) -> NDArray[np.float64]:
    """Train all fits plainly; return their probabilities (K, n)."""
    indices = range(len(fits))
    return np.stack(
        [train_plainly(inputs, fits, k, settings, loading=loading, device=device) for k in indices]
    )


def train_in_processes(
    inputs: Inputs, fits: Fits, settings: Training, *, processes: int
) -> NDArray[np.float64]:
    """Train the fits plainly in processes of one thread each; return probabilities (K, n)."""
    from joblib import Parallel, delayed, parallel_config

    shares = [range(len(fits))[i::processes] for i in range(processes)]
    work = delayed(train_one_by_one)
    with parallel_config("loky", inner_max_num_threads=1):
        results = Parallel(processes)(
            work(inputs, fits.select(share), settings, loading=True) for share in shares
        )
    probabilities = np.empty((len(fits), len(inputs.target)))
    for share, values in zip(shares, results, strict=True):
        probabilities[share] = values
    return probabilities
