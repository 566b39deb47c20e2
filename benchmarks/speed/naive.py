"""Speed of lnmbench and of a naive pipeline, in which every fit runs the frozen encoder itself.

Naive: each step of each fit puts its batch's slices through the encoder, without gradients, and
trains the head on what comes out; validation encodes its slices in every epoch again. lnmbench
encodes every slice once, and trains all fits of a repeat in stacks on the cached features. The
naive loop is measured on one fit of a few cases for one epoch; its time for the whole protocol is
the time of each slice in that loop, times the slices of all fits and epochs; the output says so.
Both loops train the same network, with a trained projection and a transformer, as many epochs.
Agreement: the features inside the loop against the cached ones.

    python benchmarks/speed/naive.py --encoder resnet50
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import torch
from plain_loop import PlainNetwork
from random_fits import CLINICAL, PLAIN, SumLosses, make_inputs_and_fits
from timing import describe_goal, make_parser, time_alternately
from torch import Tensor, nn
from torch.nn import functional

from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.parallel import train
from lnmbench.progress import format_duration
from lnmbench.records import Choice, Training
from lnmbench.registry import Registry

GOAL = 200.0
_OPTIONS = (
    ("encoder", "resnet50", "an encoder of slices, with random weights"),
    ("size", 224, "pixels along a side of a slice"),
    ("cases", 160, "cases of the cohort"),
    ("slices", 5, "slices of a case, on average"),
    ("repeats", 10, "repeats of the cross-validation"),
    ("fits", 50, "fits of a repeat: outer × inner folds"),
    ("epochs", 20, "epochs of every fit"),
    ("token-dim", 64, "width of the transformer"),
    ("sample", 16, "cases that the naive loop is measured on"),
    ("device", "cpu", "device of both: cpu, cuda"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A few cases with images (S, 1, H, W), and their parts in the naive loop."""

    images: Tensor
    offsets: Tensor
    clinical: Tensor
    target: Tensor
    training: Tensor
    validation: Tensor

    def batch(self, cases: Tensor) -> tuple[Tensor, Tensor]:
        """Return the slices of some cases, one after the other, and how many each has."""
        lengths = self.offsets.diff()[cases]
        bounds = zip(self.offsets[cases].tolist(), lengths.tolist(), strict=True)
        return torch.cat([self.images[first : first + length] for first, length in bounds]), lengths

    @property
    def visits(self) -> int:
        """Return the number of slices that one epoch puts through the encoder."""
        lengths = self.offsets.diff()
        return int(lengths[self.training].sum() + lengths[self.validation].sum())


def make_sample(cases: int, slices: int, size: int) -> Sample:
    inputs, fits = make_inputs_and_fits(fits=1, cases=cases, slices=slices, dim=1)
    assert inputs.slices is not None
    source = torch.Generator().manual_seed(1)
    shape = (inputs.slices.total, 1, size, size)
    return Sample(
        images=torch.rand(shape, generator=source) * 2 - 1,
        offsets=inputs.slices.offsets,
        clinical=fits.clinical[0],
        target=inputs.target,
        training=fits.training[0].nonzero().flatten(),
        validation=fits.validation[0].nonzero().flatten(),
    )


def naive_epoch(
    encoder: nn.Module, sample: Sample, dim: int, settings: Training, device: torch.device
) -> None:
    """Train one fit for one epoch, with the encoder inside the loop, and validate it."""
    cases = len(sample.training)
    network = PlainNetwork(dim, CLINICAL, settings, cases).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.learning_rate)

    def loss_of(cases: Tensor) -> Tensor:
        images, lengths = sample.batch(cases)
        with torch.no_grad():
            features = encoder(images.to(device))
        slices = nn.utils.rnn.pad_sequence(features.split(lengths.tolist()), batch_first=True)
        padding = (torch.arange(slices.shape[1]) >= lengths[:, None]).to(device)
        risk = network(slices, sample.clinical[cases].to(device), padding)
        return functional.binary_cross_entropy_with_logits(risk, sample.target[cases].to(device))

    for cases in sample.training.split(settings.batch_size):
        optimizer.zero_grad()
        loss_of(cases).backward()
        nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
        optimizer.step()
    with torch.no_grad():
        float(loss_of(sample.validation))
    copy.deepcopy(network.state_dict())


def agreement(encoder: nn.Module, frozen: FrozenEncoder, images: Tensor) -> float:
    """Return the largest difference of the cached features from those in the loop.

    In units of the features' deviation over the slices, for they are standardized later.
    """
    with torch.no_grad():
        naive = encoder(images.to(next(encoder.parameters()).device)).cpu()
    cached = torch.from_numpy(frozen(images[:, 0].numpy()))
    return float((naive - cached).abs().max() / naive.std(0).mean())


def count_visits(inputs: Inputs, fits: Fits, *, epochs: int, repeats: int) -> int:
    """Return how many slices all fits of the protocol would put through the encoder."""
    assert inputs.slices is not None
    lengths = inputs.slices.counts.double()
    each_epoch = (fits.training | fits.validation).double() @ lengths
    predicted = fits.predicted.double() @ lengths
    return round(float((each_epoch * epochs + predicted).sum()) * repeats)


def print_projection(
    medians: dict[str, float], *, visits: int, slices: int, repeats: int, fits: int
) -> None:
    """Print the time of the whole protocol, from that of the measured parts, and the ratio."""
    naive = medians["naive"] * visits
    encoding, training = medians["encode"] * slices, medians["train"] * repeats
    print(
        f"naive, extrapolated to {repeats * fits} fits: {medians['naive'] * 1e3:.1f} ms per slice "
        f"× {visits} visits = {format_duration(naive)} ({naive / 3600:.1f} h)"
    )
    print(
        f"lnmbench: encode once {slices} slices × {medians['encode'] * 1e3:.1f} ms = "
        f"{format_duration(encoding)}; train {repeats} repeats × {medians['train']:.1f} s = "
        f"{format_duration(training)}"
    )
    ratio = naive / (encoding + training)
    print(f"ratio {ratio:.0f} ×{describe_goal(ratio, GOAL)}")


def main() -> None:
    args = make_parser(__doc__, _OPTIONS).parse_args()
    device = torch.device(args.device)
    built = Registry().encoders.build(Choice(name=args.encoder, parameters={"weights": "random"}))
    sample = make_sample(args.sample, args.slices, args.size)
    frozen = FrozenEncoder(copy.deepcopy(built.stages()), device=args.device)
    encoder = built.stages().eval().to(device)
    inputs, fits = make_inputs_and_fits(
        fits=args.fits, cases=args.cases, slices=args.slices, dim=built.out_dim
    )
    settings = replace(
        PLAIN, token_dim=args.token_dim, max_epochs=args.epochs, patience=args.epochs
    )
    assert inputs.slices is not None
    print(
        f"{args.encoder}, {args.cases} cases × {args.slices} slices of {args.size} pixels, "
        f"{args.repeats} × {args.fits} fits of {args.epochs} epochs, {args.device}, "
        f"{torch.get_num_threads()} threads; naive measured on {sample.visits} slices"
    )
    difference = agreement(encoder, frozen, sample.images[:16])
    print(
        f"agreement: features in the loop and cached differ by {difference:.1e} deviations at most"
    )
    images = sample.images[:, 0].numpy()
    per = {"naive": sample.visits, "encode": len(images), "train": 1}
    medians = time_alternately(
        {
            "naive": lambda: naive_epoch(encoder, sample, built.out_dim, settings, device),
            "encode": lambda: frozen(images),
            "train": lambda: train(inputs, fits, settings, SumLosses(), device=device),
        },
        args.rounds,
        unit="s",
        device=device,
    )
    print_projection(
        {name: seconds / per[name] for name, seconds in medians.items()},
        visits=count_visits(inputs, fits, epochs=args.epochs, repeats=args.repeats),
        slices=inputs.slices.total,
        repeats=args.repeats,
        fits=args.fits,
    )


if __name__ == "__main__":
    main()
