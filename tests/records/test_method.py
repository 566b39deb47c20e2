"""Methods: their fingerprints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lnmbench.records import Choice, Method, NetworkMethod, Weights


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
