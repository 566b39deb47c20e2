"""Files of weights that cannot be used."""

from __future__ import annotations

import collections
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from lnmbench.nets.encoder.weight_files import load_weights, read_weights


def network() -> nn.Module:
    stages = nn.Sequential()
    stages.add_module("conv", nn.Linear(3, 2))
    return stages


def load(path: Path) -> None:
    load_weights(network(), read_weights(path, what="resnet18"), what="resnet18")


def saved(content: object) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        torch.save(content, folder / "w.pth")
        load(folder / "w.pth")

    return make


def changed(**tensors: Tensor | None) -> Callable[[Path], object]:
    state = network().state_dict() | {
        f"conv.{key}": value for key, value in tensors.items() if value is not None
    }
    return saved(
        {key: value for key, value in state.items() if tensors.get(key[5:], 0) is not None}
    )


def compressed(folder: Path) -> None:
    torch.save({"conv.weight": torch.zeros(1000)}, folder / "plain.pth")
    with (
        zipfile.ZipFile(folder / "plain.pth") as plain,
        zipfile.ZipFile(folder / "w.pth", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    load(folder / "w.pth")


def huge_stride(folder: Path) -> None:
    tensor = torch.zeros(4)
    state = collections.OrderedDict(w=tensor)
    torch.save(state, folder / "plain.pth")
    with (
        zipfile.ZipFile(folder / "plain.pth") as plain,
        zipfile.ZipFile(folder / "w.pth", "w") as lying,
    ):
        for name in plain.namelist():
            content = plain.read(name)
            if name.endswith("data.pkl"):
                # the shape (4,) is followed by the stride (1,)
                content = content.replace(b"K\x04\x85", b"J\xff\xff\xff\x7f\x85", 1)
            lying.writestr(name, content)
    load(folder / "w.pth")


def with_code(folder: Path) -> None:
    (folder / "w.pth").write_bytes(pickle.dumps(Path("x")))
    load(folder / "w.pth")


def noise(name: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        (folder / name).write_bytes(b"<html>Please log in</html>")
        load(folder / name)

    return make


KINDS: dict[str, Callable[[Path], object]] = {
    "a compressed file, which may unpack to any size": compressed,
    "a tensor larger than its numbers": huge_stride,
    "a pickle of other objects than tensors": with_code,
    "a page instead of weights (.pth)": noise("w.pth"),
    "a page instead of weights (.safetensors)": noise("w.safetensors"),
    "a whole network": saved(network()),
    "a list": saved([torch.ones(2)]),
    "weights that lack a layer": changed(bias=None),
    "weights of a layer that the network lacks": changed(scale=torch.ones(2)),
    "weights of another shape": changed(weight=torch.ones(5, 3)),
    "integers instead of weights": changed(bias=torch.ones(2, dtype=torch.int64)),
    "weights that are not finite": changed(bias=torch.full((2,), torch.nan)),
}
