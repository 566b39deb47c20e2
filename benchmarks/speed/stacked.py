"""The stacked trainer against a plain PyTorch loop, side by side, over the same fits.

Both train the same networks on cached features by the same protocol: batches, AdamW, clipping,
validation after each epoch, best weights, predictions at the end. The plain loop trains one
`torch.nn` module after the other, in two ways: `loader` takes its batches from a DataLoader that
pads them, as most code does; `indexed` cuts them from cases that were padded once. Runs alternate,
and medians are compared. Agreement is measured apart, without dropout: the same start, the same
order, the largest difference in probability.

    python benchmarks/speed/stacked.py --dim 2048 --token-dim 64 --fits 50
"""

from __future__ import annotations

import argparse
import copy
import math
import statistics
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from lnmbench.nets.fits import Fits, Inputs
from lnmbench.nets.lockstep import batches_of
from lnmbench.nets.network import Network, SliceBody
from lnmbench.nets.parameters import Layout
from lnmbench.nets.randomness import generator
from lnmbench.nets.training import train
from lnmbench.records import Training

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

_CLINICAL = 10


class PlainNetwork(nn.Module):
    """The network as one would write it, with the stacked network's names."""

    def __init__(self, dim: int, settings: Training) -> None:
        super().__init__()
        width = settings.token_dim
        self.project = nn.Linear(dim, width)
        layer = nn.TransformerEncoderLayer(
            width,
            settings.heads,
            dim_feedforward=2 * width,
            dropout=settings.dropout,
            batch_first=True,
        )
        self.encoder = nn.TransformerEncoder(layer, settings.layers, enable_nested_tensor=False)
        self.fc = nn.Linear(width, settings.image_features)
        self.target = nn.Linear(settings.image_features + _CLINICAL, 1)

    def forward(self, slices: Tensor, clinical: Tensor, padding: Tensor) -> Tensor:
        tokens = self.encoder(self.project(slices), src_key_padding_mask=padding)
        real = ~padding.unsqueeze(-1)
        pooled = (tokens * real).sum(1) / real.sum(1)
        risk: Tensor = self.target(torch.cat([self.fc(pooled), clinical], 1))
        return risk.squeeze(-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The cases of one fit: its standardised slices (n, L, D), padded once."""

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
        """Batches (slices, clinical, padding, target) of these cases, padded when they are made."""
        lengths = (~self.padding).sum(1)
        each = [
            (self.slices[i, : lengths[i]], self.clinical[i], self.target[i]) for i in cases.tolist()
        ]

        def collate(batch: list[tuple[Tensor, Tensor, Tensor]]) -> tuple[Tensor, ...]:
            slices, clinical, target = zip(*batch, strict=True)
            padded = nn.utils.rnn.pad_sequence(slices, batch_first=True)
            long = torch.tensor([len(one) for one in slices])
            padding = torch.arange(padded.shape[1]) >= long[:, None]
            return padded, torch.stack(clinical), padding, torch.stack(target)

        return DataLoader(each, size, shuffle=True, generator=order, collate_fn=collate)


class Sum:
    """The target's loss alone, as both loops train it here."""

    def learned(self, tasks: Sequence[str]) -> Sequence[float]:
        return ()

    def combine(self, losses: Tensor, learned: Tensor) -> Tensor:
        return losses.sum(1)


def made_up(*, fits: int, cases: int, slices: int, dim: int) -> tuple[Inputs, Fits]:
    """Return cases of about so many slices, nine tenths of them for training and validation."""
    source = torch.Generator().manual_seed(0)
    spread = slices // 2
    lengths = torch.randint(slices - spread, slices + spread + 1, (cases,), generator=source)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)])
    target = (torch.rand(cases, generator=source) < 0.25).float()
    features = torch.randn(int(offsets[-1]), dim, generator=source)
    features += 0.1 * target.repeat_interleave(lengths)[:, None]
    outer = cases // 10
    inner = (cases - outer) // 5
    parts = torch.zeros(3, fits, cases, dtype=torch.bool)
    for k in range(fits):
        order = torch.randperm(cases, generator=source)
        tested, validated, trained = order.split([outer, inner, cases - outer - inner])
        parts[0, k, trained] = parts[1, k, validated] = True
        parts[2, k, torch.cat([tested, validated])] = True
    clinical = torch.randn(fits, cases, _CLINICAL, generator=source)
    return Inputs(target=target, slices=features, offsets=offsets), Fits(
        training=parts[0],
        validation=parts[1],
        predicted=parts[2],
        clinical=clinical,
        seeds=tuple(range(fits)),
    )


def cases_of(inputs: Inputs, fits: Fits, k: int) -> Cases:
    assert inputs.slices is not None
    assert inputs.offsets is not None
    lengths = inputs.offsets.diff()
    seen = inputs.slices[torch.repeat_interleave(fits.training[k], lengths)]
    standardised = (inputs.slices - seen.mean(0)) / seen.std(0, correction=0)
    padded = nn.utils.rnn.pad_sequence(standardised.split(lengths.tolist()), batch_first=True)
    padding = torch.arange(padded.shape[1]) >= lengths[:, None]
    return Cases(slices=padded, padding=padding, clinical=fits.clinical[k], target=inputs.target)


def optimiser_of(network: PlainNetwork, settings: Training) -> torch.optim.AdamW:
    """AdamW with the stacked network's rates: slower for the projection, faster for the head."""
    width, dim = network.project.weight.shape
    rate = settings.learning_rate
    groups: list[dict[str, Any]] = []
    for name, parameter in network.named_parameters():
        own = rate * min(1.0, math.sqrt(width / dim)) if name.startswith("project.") else rate
        own = settings.head_learning_rate if name.startswith("target.") else own
        # torch scales decay with the rate of the group, the stacked trainer with that of the fit.
        decay = settings.weight_decay * rate / own if parameter.dim() > 1 else 0.0
        same = (group for group in groups if (group["lr"], group["weight_decay"]) == (own, decay))
        group = next(same, None)
        if group is None:
            group = {"params": [], "lr": own, "weight_decay": decay}
            groups.append(group)
        group["params"].append(parameter)
    return torch.optim.AdamW(groups)


def train_plainly(
    inputs: Inputs,
    fits: Fits,
    k: int,
    settings: Training,
    start: dict[str, Tensor] | None,
    *,
    loading: bool = False,
) -> NDArray[np.float64]:
    """Train fit k as an ordinary module; return its probabilities (n,), NaN where not asked for."""
    assert inputs.slices is not None
    data = cases_of(inputs, fits, k)
    torch.manual_seed(fits.seeds[k])  # dropout has no other handle
    network = PlainNetwork(inputs.slices.shape[1], settings)
    if start is not None:
        network.load_state_dict(start)
    optimiser, order = optimiser_of(network, settings), generator(fits.seeds[k], "order")
    training, validation, predicted = (
        part[k].nonzero().flatten() for part in (fits.training, fits.validation, fits.predicted)
    )
    lowest, best = float("inf"), network.state_dict()
    loader = data.loader(training, order, settings.batch_size)

    def losses() -> Iterator[Tensor]:
        if not loading:
            for cases in batches_of(training, order, settings.batch_size):
                yield data.loss(network, cases)
            return
        for slices, clinical, padding, target in loader:
            risk = network(slices, clinical, padding)
            yield functional.binary_cross_entropy_with_logits(risk, target)

    for _ in range(settings.max_epochs):
        network.train()
        for loss in losses():
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
            optimiser.step()
        network.eval()
        with torch.no_grad():
            loss = float(data.loss(network, validation))
        if loss < lowest:
            lowest, best = loss, copy.deepcopy(network.state_dict())
    network.load_state_dict(best)
    found = np.full(len(inputs.target), np.nan)
    with torch.no_grad():
        found[predicted.numpy()] = data.forward(network, predicted).sigmoid().double().numpy()
    return found


def agreement(inputs: Inputs, fits: Fits, settings: Training) -> float:
    """Return the largest difference in probability between the loops, without dropout."""
    assert inputs.slices is not None
    assert inputs.offsets is not None
    settings = replace(settings, dropout=0.0, patience=settings.max_epochs)
    longest, dim = int(inputs.offsets.diff().max()), inputs.slices.shape[1]
    body = SliceBody(dim=dim, longest=longest, settings=settings)
    layout = Layout(Network(body=body, clinical=_CLINICAL, aux={}).parameters())
    views = layout.views(layout.initial(fits.seeds))
    found = train(inputs, fits, settings, Sum()).probabilities["target"][..., 0]
    plain = [
        train_plainly(inputs, fits, k, settings, {name: x[k] for name, x in views.items()})
        for k in range(len(fits))
    ]
    return float(np.nanmax(np.abs(found - np.stack(plain))))


def timed(inputs: Inputs, fits: Fits, settings: Training, rounds: int) -> None:
    """Run the loops by turns and print milliseconds a model-epoch, and how they compare."""

    def plainly(loading: bool) -> None:
        for k in range(len(fits)):
            train_plainly(inputs, fits, k, settings, None, loading=loading)

    loops: dict[str, Callable[[], object]] = {
        "loader": lambda: plainly(True),
        "indexed": lambda: plainly(False),
        "stacked": lambda: train(inputs, fits, settings, Sum()),
    }
    taken: dict[str, list[float]] = {name: [] for name in loops}
    each = 1e3 / (len(fits) * settings.max_epochs)
    for i in range(rounds):
        for name, loop in loops.items():
            start = time.perf_counter()
            loop()
            taken[name].append((time.perf_counter() - start) * each)
        told = ", ".join(f"{name} {times[-1]:.1f}" for name, times in taken.items())
        print(f"round {i + 1}: {told} ms a model-epoch", flush=True)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name in ("loader", "indexed"):
        ratio = medians[name] / medians["stacked"]
        print(
            f"median: {name} {medians[name]:.1f}, stacked {medians['stacked']:.1f}: {ratio:.1f} ×"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    for name, default, what in (
        ("dim", 2048, "features of a slice"),
        ("token-dim", 64, "width of the transformer"),
        ("fits", 50, "models"),
        ("cases", 160, "cases; a tenth is tested, a fifth of the rest validates"),
        ("slices", 8, "slices of a case, on average"),
        ("epochs", 8, "epochs of every fit"),
        ("batch-size", 32, "cases of a step"),
        ("rounds", 3, "runs of each loop, by turns"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{what} ({default})")
    asked = parser.parse_args()
    settings = Training(
        token_dim=asked.token_dim,
        batch_size=asked.batch_size,
        max_epochs=asked.epochs,
        patience=asked.epochs,
    )
    inputs, fits = made_up(fits=asked.fits, cases=asked.cases, slices=asked.slices, dim=asked.dim)
    print(
        f"{asked.fits} fits, {int(fits.training[0].sum())} training and "
        f"{int(fits.validation[0].sum())} validation cases x {asked.slices} slices, "
        f"D = {asked.dim}, token_dim = {asked.token_dim}, {torch.get_num_threads()} threads"
    )
    # Two epochs: rounding in float32 grows from step to step, in any two ways of computing.
    difference = agreement(
        inputs, fits.only(range(min(5, asked.fits))), replace(settings, max_epochs=2)
    )
    print(
        f"agreement: after 2 epochs the probabilities of 5 fits differ by {difference:.1e} at most"
    )
    timed(inputs, fits, settings, asked.rounds)


if __name__ == "__main__":
    main()
