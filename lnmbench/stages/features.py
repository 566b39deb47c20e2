"""features: what the frozen stages of a method's encoder make of every slice, computed once."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np

from lnmbench.contracts import Encoder, Progress
from lnmbench.errors import UserError
from lnmbench.imaging.geometry import window
from lnmbench.records import Cohort, Method
from lnmbench.registry import Registry
from lnmbench.store.cohort_file import read_slices
from lnmbench.store.feature_cache import make_features


def method_features(
    method: Method, cohort: Cohort, registry: Registry, home: Path, progress: Progress
) -> Path | None:
    """Return the feature cache of a method's encoder, made now where it is not there.

    None where the method has no images. Raises `UserError` for an encoder that cannot be used.
    """
    if method.encoder is None or method.weights is None or method.level == "none":
        return None
    key = "|".join(
        [
            cohort.fingerprint,
            str(method.encoder),
            method.plugins[registry.version("encoder", method.encoder.name)[0]],
            method.weights.sha256,
            str(method.window_hu),
            "float32",
        ]
    )
    slug = re.sub(r"[^A-Za-z0-9]+", "-", method.encoder.name)
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    path = home / "features" / f"{slug}-{digest}.h5"
    if not path.is_file():
        encoder: Encoder = registry.build("encoder", method.encoder)
        if encoder.level != "slice":
            raise UserError(
                f"encoder {method.encoder.name} is of level {encoder.level}",
                expected="slice or none",
                then="choose another --encoder",
            )
        if encoder.weights.sha256 != method.weights.sha256:
            raise UserError(
                f"the weights of {method.encoder.name} changed while the run was planned",
                then="run the same command again",
            )
        _encode(path, key, method, cohort, encoder, progress)
    return path


def _encode(
    path: Path, key: str, method: Method, cohort: Cohort, encoder: Encoder, progress: Progress
) -> None:
    from lnmbench.nets.encoding import FrozenEncoder

    frozen = FrozenEncoder(encoder.stages())
    source, total = cohort.path, int(cohort.offsets[-1])
    assert source is not None

    def encode(start: int, stop: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return frozen(window(read_slices(source, start, stop), method.window_hu))

    progress.start("encode", str(method.encoder.name if method.encoder else ""), total, "slices")
    make_features(
        path, slices=total, width=encoder.out_dim, key=key, encode=encode, done=progress.advance
    )
    progress.finish()
