"""Methods: what makes another method."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lnmbench.records import (
    BaselineMethod,
    Choice,
    Method,
    NetworkMethod,
    Training,
    Weights,
    image_network,
)
from lnmbench.store import serialization


def test_weights_in_another_folder_make_the_same_method() -> None:
    def method(path: str, sha256: str = "ab", **others: object) -> Method:
        encoder = Choice(name="resnet18", parameters={"weights": path, "cut": "layer3", **others})
        weights = Weights(source=f"file:{Path(path).name}", sha256=sha256)
        return NetworkMethod(label="any", encoder=encoder, level="slice", weights=weights)

    original = method("/home/jane_doe/w.pt")
    assert original.fingerprint == method("elsewhere/renamed.pt").fingerprint
    assert original.fingerprint != method("/home/jane_doe/w.pt", sha256="cd").fingerprint
    assert original.fingerprint != method("/home/jane_doe/w.pt", cut="layer4").fingerprint
    unknown = method("/home/jane_doe/w.pt", sha256="")
    assert unknown.fingerprint != replace(unknown, encoder=method("other/w.pt").encoder).fingerprint


def test_every_setting_makes_another_method_and_a_label_does_not() -> None:
    method = NetworkMethod(
        label="resnet50 + pt",
        encoder=Choice(name="resnet50", parameters={"weights": "auto", "seed": 0}),
        level="slice",
        weights=Weights(source="random:0", sha256="ab"),
        aux=(Choice(name="pt"),),
        weighting=Choice(name="fixed", parameters={"aux": 1.0}),
        plugins={"lnmbench_tnm": "0.1.0"},
    )
    changed = [
        replace(method, training=replace(Training(), learning_rate=2e-3)),
        replace(method, weights=Weights(source="imagenet", sha256="cd")),
        replace(method, aux=()),
        replace(method, window_hu=(-900.0, 400.0)),
        replace(method, plugins={"lnmbench_tnm": "0.2.0"}),
    ]
    assert len({method.fingerprint for method in [method, *changed]}) == 6
    assert replace(method, label="other").fingerprint == method.fingerprint


def test_a_baseline_counts_its_files_by_content() -> None:
    def method(path: str, sha256: str) -> BaselineMethod:
        baseline = Choice(name="predictions", parameters={"path": path, "column": "a"})
        return BaselineMethod(label="any", baseline=baseline, files=(("path", sha256),))

    original = method("/home/jane_doe/readers.csv", "ab")
    assert original.fingerprint == method("elsewhere/moved.csv", "ab").fingerprint
    assert original.fingerprint != method("/home/jane_doe/readers.csv", "cd").fingerprint


def test_fields_of_fixed_predictions_leave_other_baselines_as_they_were() -> None:
    method = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
    assert method.fingerprint == "d3d63e30c3f38d02"
    assert "scale" not in serialization.pack(method)
    reader = replace(method, trained=False, scale="call", partial=True, files=(("path", "ab"),))
    assert serialization.unpack_method(serialization.pack(reader)) == reader
    rating = replace(reader, scale="rating", rating_range=(1.0, 5.0))
    assert serialization.unpack_method(serialization.pack(rating)) == rating
    assert rating.fingerprint == reader.fingerprint


def test_the_images_of_a_method_are_those_of_its_encoder_or_of_a_baseline_on_them() -> None:
    network = NetworkMethod(
        label="resnet18",
        encoder=Choice(name="resnet18"),
        level="slice",
        weights=Weights(source="imagenet"),
    )
    pooled = BaselineMethod(label="pooled", baseline=Choice(name="pooled"), network=network)
    plain = replace(pooled, network=None)
    assert image_network(network) is image_network(pooled) is network
    assert image_network(plain) is None
    assert image_network(replace(network, level="none")) is None
    other = replace(network, window_hu=(-900.0, 400.0))
    fingerprints = {m.fingerprint for m in (pooled, plain, replace(pooled, network=other))}
    assert len(fingerprints) == 3
    assert pooled.fingerprint == replace(pooled, network=replace(network, label="x")).fingerprint


def test_whole_scans_make_another_method_and_patches_keep_their_fingerprint() -> None:
    method = NetworkMethod(
        label="resnet18",
        encoder=Choice(name="resnet18"),
        level="slice",
        weights=Weights(source="imagenet"),
    )
    assert method.fingerprint == "54ba333647a49221"
    assert replace(method, region="none").fingerprint != method.fingerprint
    pooling = replace(method.training, pooling="attention")
    assert replace(method, training=pooling).fingerprint != method.fingerprint
