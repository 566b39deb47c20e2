"""Speed of fine-tuning in lnmbench and in a plain loop in float32, over the same fits.

The plain loop trains one network after the other in float32, its batches from a DataLoader with
workers. lnmbench trains the same fits in its one loop: bfloat16 by autocast, channels_last, the
cohort on the device, deterministic. Statistics of batch normalization are frozen in both, and both
start from the activations of frozen stages, computed once. Runs alternate, and medians are
compared; the time for the fits of a whole protocol is projected from them.

Agreement is measured separately, without dropout: with the same initial values and order, in
float32 and in bfloat16. There the encoder learns at a low rate: Adam's first steps change a weight
by its rate in the direction of rounding, and the standardized features of a random encoder multiply
that. The output also says how far training the encoder changes the probabilities.

    python benchmarks/speed/finetune.py --device cuda --train layer4
    python benchmarks/speed/finetune.py --encoder resnet18 --size 64 --cases 20 --workers 0
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from plain_loop import PlainNetwork, intercept_shift, make_optimizer
from random_fits import PLAIN, SumLosses, initial_parameters, make_inputs_and_fits
from timing import make_parser, print_ratios, time_alternately
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from lnmbench.contracts import Encoder
from lnmbench.nets.device import make_deterministic
from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs, SliceInputs, TrainableEncoder
from lnmbench.nets.parallel import train
from lnmbench.nets.rng import seeded_generator
from lnmbench.nets.train_loop import shuffle_into_batches
from lnmbench.progress import format_duration
from lnmbench.records import Choice, Training
from lnmbench.registry import Registry

UNIT = "s per model-epoch"
GOAL_ON_GPU = 2.5
_GENTLE, _STILL = 1e-6, 1e-14
_OPTIONS = (
    ("encoder", "resnet50", "an encoder of slices, with random weights"),
    ("train", "all", "stage from which on it is trained, or all"),
    ("size", 224, "pixels along a side of a slice"),
    ("cases", 160, "cases; a tenth is tested, a fifth of the rest validates"),
    ("slices", 5, "slices of a case, on average"),
    ("fits", 2, "fits that are timed"),
    ("epochs", 2, "epochs of every fit that is timed"),
    ("batch-size", 32, "cases of a step"),
    ("token-dim", 64, "width of the transformer"),
    ("precision", "auto", "of lnmbench: bfloat16, float32; auto: bfloat16 on a GPU"),
    ("workers", 2, "worker processes of the DataLoader"),
    ("memory", 0.0, "GB that lnmbench may fill; 0: four fifths of what is free on a GPU"),
    ("device", "cpu", "device of both: cpu, cuda"),
    ("protocol-fits", 500, "fits of the protocol whose time is projected"),
    ("protocol-epochs", 15, "epochs of each of them"),
)


class PlainFineTuned(nn.Module):
    """The encoder and the network behind it, as one module.

    Features are standardized with what the encoder made of the training slices at the start.
    """

    def __init__(self, encoder: nn.Module, mean: Tensor, gain: Tensor, head: PlainNetwork) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head
        self.mean, self.gain = nn.Buffer(mean), nn.Buffer(gain)

    def forward(self, images: Tensor, lengths: Tensor, clinical: Tensor) -> Tensor:
        features = (self.encoder(images) - self.mean) * self.gain
        slices = nn.utils.rnn.pad_sequence(features.split(lengths.tolist()), batch_first=True)
        padding = torch.arange(slices.shape[1]) >= lengths[:, None]
        risk: Tensor = self.head(slices, clinical, padding.to(slices.device))
        return risk


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchOrder:
    """A sampler: the batches of an epoch, shuffled anew each time, or as they stand."""

    cases: Tensor
    size: int
    shuffled: torch.Generator | None = None

    def __iter__(self) -> Iterator[list[int]]:
        if self.shuffled is None:
            return (part.tolist() for part in self.cases.split(self.size))
        return (
            part.tolist() for part in shuffle_into_batches(self.cases, self.shuffled, self.size)
        )

    def __len__(self) -> int:
        return -(-len(self.cases) // self.size)


def make_loader(
    inputs: Inputs, clinical: Tensor, order: BatchOrder, *, workers: int, device: torch.device
) -> DataLoader[Any]:
    """Return batches of images (m, 1, H, W), their number by case, clinical features, targets."""
    slices = inputs.slices
    assert slices is not None
    assert slices.trainable_encoder is not None
    images = slices.trainable_encoder.activations.split(slices.counts.tolist())
    items = list(zip(images, clinical, inputs.target, strict=True))
    return DataLoader(
        items,
        batch_sampler=order,
        num_workers=workers,
        persistent_workers=workers > 0,
        pin_memory=device.type == "cuda",
        collate_fn=_collate,
    )


def _collate(batch: list[tuple[Tensor, Tensor, Tensor]]) -> tuple[Tensor, ...]:
    images, clinical, target = zip(*batch, strict=True)
    lengths = torch.tensor([len(case) for case in images])
    return torch.cat(images), lengths, torch.stack(clinical), torch.stack(target)


def make_plain_network(inputs: Inputs, fits: Fits, k: int, settings: Training) -> PlainFineTuned:
    """Return the network of fit k with the initial values of the stacked trainer."""
    slices = inputs.slices
    assert slices is not None
    assert slices.trainable_encoder is not None
    training = slices.features[torch.repeat_interleave(fits.training[k], slices.counts)]
    deviation = training.std(0, correction=0)
    gain = torch.where(deviation > 1e-5 * training.abs().mean(0), 1 / deviation, 0.0)
    cases = int(fits.training[k].sum())
    head = PlainNetwork(slices.dim, fits.clinical.shape[2], settings, cases)
    head.load_state_dict(initial_parameters(inputs, fits.select([k]), settings)[0])
    return PlainFineTuned(
        copy.deepcopy(slices.trainable_encoder.network), training.mean(0), gain, head
    )


def make_plain_optimizer(network: PlainFineTuned, settings: Training) -> torch.optim.AdamW:
    """Return AdamW with the stacked network's rates for the encoder and the head."""
    lr = settings.encoder_learning_rate
    decay = settings.weight_decay * settings.learning_rate / lr
    optimizer = make_optimizer(network.head, settings)
    for matrices in (True, False):
        group = [p for p in network.encoder.parameters() if (p.dim() > 1) == matrices]
        decayed = decay if matrices else 0.0
        optimizer.add_param_group({"params": group, "lr": lr, "weight_decay": decayed})
    return optimizer


def fine_tune_plainly(
    inputs: Inputs, fits: Fits, k: int, settings: Training, *, workers: int, device: torch.device
) -> NDArray[np.float64]:
    """Fine-tune fit k as an ordinary module in float32; return its probabilities (n,)."""
    torch.manual_seed(fits.seeds[k])
    network = make_plain_network(inputs, fits, k, settings).to(device)
    optimizer = make_plain_optimizer(network, settings)
    shuffled, size = seeded_generator(fits.seeds[k], "order"), settings.batch_size
    training, validation, predicted = (
        part[k].nonzero().flatten() for part in (fits.training, fits.validation, fits.predicted)
    )

    def loader(cases: Tensor, order: torch.Generator | None = None) -> DataLoader[Any]:
        batches = BatchOrder(cases=cases, size=size, shuffled=order)
        return make_loader(inputs, fits.clinical[k], batches, workers=workers, device=device)

    def risks(batches: DataLoader[Any]) -> Iterator[tuple[Tensor, Tensor]]:
        for images, lengths, clinical, target in batches:
            moved = (x.to(device, non_blocking=True) for x in (images, clinical, target))
            images, clinical, target = moved
            yield network(images, lengths, clinical), target

    ahead, judging = loader(training, shuffled), loader(validation)
    lowest, best = float("inf"), copy.deepcopy(network.state_dict())
    for _ in range(settings.max_epochs):
        network.head.train()  # the encoder stays as it is: frozen statistics
        for risk, target in risks(ahead):
            optimizer.zero_grad()
            functional.binary_cross_entropy_with_logits(risk, target).backward()
            nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
            optimizer.step()
        network.head.eval()
        with torch.no_grad():
            evaluated = [torch.stack(pair) for pair in risks(judging)]
        risk, target = torch.cat(evaluated, 1)
        validated = float(functional.binary_cross_entropy_with_logits(risk, target))
        if validated < lowest:
            lowest, best = validated, copy.deepcopy(network.state_dict())
    network.load_state_dict(best)
    probabilities = np.full(len(inputs.target), np.nan)
    with torch.no_grad():
        trained = [torch.stack(pair) for pair in risks(loader(training))]
        shift = intercept_shift(*torch.cat(trained, 1))
        risk = torch.cat([risk for risk, _ in risks(loader(predicted))]) + shift
    probabilities[predicted.numpy()] = risk.sigmoid().double().cpu().numpy()
    return probabilities


def make_inputs(
    encoder: Encoder,
    train_from: str,
    *,
    fits: int,
    cases: int,
    slices: int,
    size: int,
    device: torch.device,
) -> tuple[Inputs, Fits]:
    """Return random images, as the trained stages receive them, and the fits over them.

    Parameters
    ----------
    encoder
        The encoder.
    train_from
        The stage from which on it is trained, or `all`.
    fits, cases, slices
        As in `make_inputs_and_fits`.
    size
        The pixels along a side of an image.
    device
        The device that encodes.
    """
    inputs, fits_of_cases = make_inputs_and_fits(fits=fits, cases=cases, slices=slices, dim=1)
    assert inputs.slices is not None
    source = torch.Generator().manual_seed(1)
    shape = (inputs.slices.total, 1, size, size)
    images = torch.rand(shape, generator=source) * 2 - 1
    whole = FrozenEncoder(copy.deepcopy(encoder.stages()), device=str(device))
    frozen, trained = split_stages(encoder.stages().eval(), train_from)
    activations = images
    if len(frozen):
        before = FrozenEncoder(copy.deepcopy(frozen), device=str(device))
        activations = torch.from_numpy(before.encode(images.numpy()))
    return Inputs(
        target=inputs.target,
        slices=SliceInputs(
            features=torch.from_numpy(whole(images[:, 0].numpy())),
            offsets=inputs.slices.offsets,
            trainable_encoder=TrainableEncoder(
                network=trained, activations=activations, rows=torch.arange(len(images))
            ),
        ),
    ), fits_of_cases


def agreement(
    inputs: Inputs, fits: Fits, settings: Training, *, device: torch.device, memory: int | None
) -> dict[str, float]:
    """Return by precision how far probabilities of lnmbench and of the plain loop differ.

    `moved` is their difference from those of an encoder that does not learn.
    """
    settings = replace(settings, dropout=0.0, encoder_learning_rate=_GENTLE)

    def ours(**changed: Any) -> NDArray[np.float64]:
        results = train(
            inputs, fits, replace(settings, **changed), SumLosses(), device=device, memory=memory
        )
        return results.probabilities["target"][..., 0]

    plain = np.stack(
        [
            fine_tune_plainly(inputs, fits, k, settings, workers=0, device=device)
            for k in range(len(fits))
        ]
    )
    single = ours(precision="float32")
    others = {
        "float32": (single, plain),
        "bfloat16": (ours(precision="bfloat16"), plain),
        "moved": (single, ours(precision="float32", encoder_learning_rate=_STILL)),
    }
    return {name: float(np.nanmax(np.abs(a - b))) for name, (a, b) in others.items()}


def main() -> None:
    args = make_parser(__doc__, _OPTIONS).parse_args()
    device = torch.device(args.device)
    memory = int(args.memory * 1e9) or None
    if memory is None and device.type == "cuda":
        memory = int(0.8 * torch.cuda.mem_get_info(device)[0])
    encoder = Registry().encoders.build(Choice(name=args.encoder, parameters={"weights": "random"}))
    precision = args.precision
    if precision == "auto":
        precision = "bfloat16" if device.type == "cuda" else "float32"
    settings = replace(
        PLAIN,
        token_dim=args.token_dim,
        batch_size=args.batch_size,
        max_epochs=args.epochs,
        patience=args.epochs,
        precision=precision,
    )
    inputs, fits = make_inputs(
        encoder,
        args.train,
        fits=args.fits,
        cases=args.cases,
        slices=args.slices,
        size=args.size,
        device=device,
    )
    print(
        f"{args.encoder}:train={args.train}, {args.fits} fits, "
        f"{int(fits.training[0].sum())} training and {int(fits.validation[0].sum())} validation "
        f"cases × {args.slices} slices of {args.size} pixels, {args.device}, {precision}; "
        f"plain loop in float32 (convolutions in TF32: "
        f"{torch.backends.cudnn.allow_tf32 and device.type == 'cuda'}), {args.workers} workers"
    )
    single, short = fits.select([0]), replace(settings, max_epochs=1)
    differences = agreement(inputs, single, short, device=device, memory=memory)
    print(
        f"agreement: after 1 epoch the probabilities differ by {differences['float32']:.1e} in "
        f"float32 and {differences['bfloat16']:.1e} in bfloat16; training the encoder moved them "
        f"by {differences['moved']:.1e}"
    )

    convolutions_in_tf32 = torch.backends.cudnn.allow_tf32

    def plainly() -> None:
        torch.use_deterministic_algorithms(False)
        torch.backends.cudnn.allow_tf32 = convolutions_in_tf32
        for k in range(len(fits)):
            fine_tune_plainly(inputs, fits, k, settings, workers=args.workers, device=device)

    def ours() -> None:
        make_deterministic(device)  # as every run does
        train(inputs, fits, settings, SumLosses(), device=device, memory=memory)

    scale = 1 / (args.fits * args.epochs)
    medians = time_alternately(
        {"plain": plainly, "lnmbench": ours},
        args.rounds,
        unit=UNIT,
        scale=scale,
        device=device,
    )
    print_ratios(medians, "lnmbench", UNIT, {"plain": GOAL_ON_GPU} if device.type == "cuda" else {})
    epochs = args.protocol_fits * args.protocol_epochs
    for name, seconds in medians.items():
        print(
            f"projected, {name}: {args.protocol_fits} fits of {args.protocol_epochs} epochs × "
            f"{seconds:.2f} s = {format_duration(seconds * epochs)}"
        )


if __name__ == "__main__":
    main()
