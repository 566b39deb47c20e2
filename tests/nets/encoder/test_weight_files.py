from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from lnmbench import UserError
from lnmbench.nets.encoder import weight_files
from lnmbench.nets.encoder.weight_files import (
    digest,
    load_weights,
    read_weights,
    resolve_weight_file,
)

State = dict[str, Tensor]


def network(channels: int = 3, classes: int = 2) -> nn.Sequential:
    stages = nn.Sequential()
    stages.add_module("conv", nn.Conv2d(channels, 4, 3))
    stages.add_module("norm", nn.BatchNorm2d(4))
    stages.add_module("fc", nn.Linear(4, classes))
    return stages


def plain(state: State, path: Path) -> Path:
    torch.save(state, path.with_suffix(".pth"))
    return path.with_suffix(".pth")


def safe(state: State, path: Path) -> Path:
    save_file(state, path.with_suffix(".safetensors"))
    return path.with_suffix(".safetensors")


def checkpoint(state: State, path: Path) -> Path:
    """A checkpoint of a trainer: a network wrapped twice, with the number of an epoch."""
    wrapped = {f"module.encoder.{key}": value for key, value in state.items()}
    torch.save({"state_dict": wrapped, "epoch": 7}, path.with_suffix(".ckpt"))
    return path.with_suffix(".ckpt")


@pytest.mark.parametrize("write", [plain, safe, checkpoint])
def test_weights_come_back_as_they_were(
    write: Callable[[State, Path], Path], tmp_path: Path
) -> None:
    saved, other = network(), network()
    path = write(saved.state_dict(), tmp_path / "w")
    state = read_weights(path, what="net")
    load_weights(other, state, what="net")
    assert digest(other.state_dict()) == digest(saved.state_dict()) == digest(state)


def test_a_prefix_stays_where_not_every_name_carries_it(tmp_path: Path) -> None:
    """`encoder.` is also what a vision transformer calls its layers."""
    state = {"encoder.layers.0.weight": torch.ones(2), "class_token": torch.ones(1)}
    assert read_weights(plain(state, tmp_path / "w"), what="vit").keys() == state.keys()


class Ran(Exception):
    """The code inside a file was run."""


class Hostile:
    def __reduce__(self) -> tuple[type, tuple[str]]:
        return Ran, ("boom",)


def whole_network(path: Path) -> None:
    torch.save(network(), path)


def cut_short(path: Path) -> None:
    torch.save(network().state_dict(), path)
    path.write_bytes(path.read_bytes()[:800])


def torchscript(path: Path) -> None:
    traced = torch.jit.trace(nn.Linear(2, 2), torch.zeros(1, 2))  # type: ignore[no-untyped-call]
    torch.jit.save(traced, path)  # type: ignore[no-untyped-call]


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "hostile.pt": (lambda path: path.write_bytes(pickle.dumps(Hostile())), "Python objects"),
    "network.pt": (whole_network, "Python objects.*state_dict"),
    "cut.pt": (cut_short, "damaged file"),
    "empty.pt": (lambda path: path.write_bytes(b""), "damaged file"),
    "noise.safetensors": (lambda path: path.write_bytes(b"noise"), "damaged file"),
    "script.pt": (torchscript, "TorchScript"),
    "list.pt": (lambda path: torch.save([torch.ones(1)], path), "got a list"),
    "nothing.pt": (lambda path: torch.save({}, path), "an empty dict"),
    "mixed.pt": (lambda path: torch.save({"a": torch.ones(1), "lr": 1.0}, path), "tensor: lr"),
    "w.h5": (lambda path: path.write_bytes(b""), r"unknown file type.*\.pt, \.pth.*\.safetensors"),
    "folder.pt": (lambda path: path.mkdir(), "cannot read .*folder.pt"),
    "absent.pt": (lambda path: None, "cannot read .*absent.pt.*No such file"),
}


@pytest.mark.filterwarnings(
    "ignore:.*torch.jit.*:FutureWarning", "ignore:.*torch.jit.*:DeprecationWarning"
)
@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_no_state_dict_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    make, match = WRONG[name]
    make(tmp_path / name)
    with pytest.raises(UserError, match=match) as caught:
        read_weights(tmp_path / name, what="net")
    assert name in str(caught.value)
    assert len(str(caught.value)) < 300 + len(str(tmp_path))


def test_keys_that_do_not_fit_are_listed() -> None:
    state = network(classes=5).state_dict()
    state |= {f"extra{number}": torch.ones(1) for number in range(5)}
    del state["conv.bias"]
    state["norm.weight"][0] = torch.nan
    before = digest((net := network()).state_dict())
    with pytest.raises(UserError) as caught:
        load_weights(net, state, what="net")
    for part in (
        "1 missing: conv.bias",
        "5 unexpected: extra0, extra1, extra2, and 2 more",
        "2 of the wrong shape: fc.weight (5, 4) instead of (2, 4), fc.bias",
        "1 not finite: norm.weight",
    ):
        assert part in str(caught.value)
    assert digest(net.state_dict()) == before, "half of a refused file was loaded"


@pytest.mark.parametrize(
    ("weight", "fault"),
    [
        (torch.ones(4, dtype=torch.int64), "wrong type: norm.weight int64 instead of float32"),
        (torch.ones(4, dtype=torch.complex64), "wrong type: norm.weight complex64"),
        (torch.full((4,), 1e300, dtype=torch.float64), "not finite: norm.weight"),
        (torch.full((4,), torch.inf, dtype=torch.bfloat16), "not finite: norm.weight"),
    ],
)
def test_numbers_of_another_type_are_refused(weight: Tensor, fault: str) -> None:
    with pytest.raises(UserError, match=f"do not fit net: got 1 .*{fault}"):
        load_weights(network(), network().state_dict() | {"norm.weight": weight}, what="net")


def test_weights_of_half_precision_are_accepted() -> None:
    state = {key: value.half() for key, value in network().state_dict().items()}
    state["norm.num_batches_tracked"] = torch.tensor(0)
    load_weights(net := network(), state, what="net")
    assert net.conv.weight.dtype == torch.float32


@pytest.mark.parametrize(
    ("header", "length"),
    [
        ('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 2**63),
        ('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 10**8),
        ('{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}', None),
        ('{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}', None),
        ('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,80000]}}', None),
        ('{"w":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,8]}}', None),
        ('{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}', None),
        (
            '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},'
            '"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
            None,
        ),
        ('{"w":{"dtype":"X9","shape":[2],"data_offsets":[0,8]}}', None),
        ("[" * 100_000, None),
    ],
)
def test_a_header_of_safetensors_that_lies_is_one_line(
    tmp_path: Path, header: str, length: int | None
) -> None:
    path = tmp_path / "w.safetensors"
    size = len(header) if length is None else length
    path.write_bytes(size.to_bytes(8, "little") + header.encode() + bytes(8))
    with pytest.raises(UserError, match="weights of net cannot be read.*damaged file"):
        read_weights(path, what="net")


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
def test_a_file_larger_than_the_memory_is_not_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(bytes(1000))
    monkeypatch.setattr(weight_files, "_memory_bytes", lambda: 999)
    with pytest.raises(UserError, match="larger than the memory of this machine"):
        read_weights(tmp_path / name, what="net")


@pytest.mark.parametrize("classes", [2, 5, 0])
def test_what_is_ignored_may_be_there_or_not(classes: int) -> None:
    state = network(classes=max(classes, 1)).state_dict()
    if not classes:
        state = {key: value for key, value in state.items() if not key.startswith("fc.")}
    net = network()
    before = net.fc.weight.clone()
    load_weights(net, state, what="net", ignoring=("fc.",))
    assert torch.equal(net.conv.weight, state["conv.weight"])
    assert torch.equal(net.fc.weight, before)


def test_counters_that_old_files_lack_are_not_missed() -> None:
    state = network().state_dict()
    del state["norm.num_batches_tracked"]
    load_weights(network(), state, what="net")


def test_weights_for_gray_scale_images_are_said_to_be_such() -> None:
    with pytest.raises(UserError, match="gray-scale"):
        load_weights(network(), network(channels=1).state_dict(), what="net")


def test_a_digest_tells_contents_apart_and_not_their_order() -> None:
    state = {"a": torch.arange(6.0), "b": torch.ones((), dtype=torch.bfloat16)}
    assert digest(dict(reversed(state.items()))) == digest(state)
    others = [
        {**state, "a": torch.arange(6.0) + 1e-6},
        {**state, "a": torch.arange(6.0).view(2, 3)},
        {"c": state["a"], "b": state["b"]},
    ]
    assert len({digest(other) for other in [state, *others]}) == 4


def test_keywords_files_and_misspelled_keywords_differ() -> None:
    words = ("auto", "random")
    assert resolve_weight_file("auto", keywords=words, what="net") is None
    assert resolve_weight_file("a/w.PTH", keywords=words, what="net") == Path("a/w.PTH")
    with pytest.raises(UserError, match=r"auto \| random, or a file.*got 'rnadom'"):
        resolve_weight_file("rnadom", keywords=words, what="net")
