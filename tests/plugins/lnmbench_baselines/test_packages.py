from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_baselines.packages import package_version, require_package, require_weights

from lnmbench import UserError


def test_the_message_has_the_command_that_installs_the_package() -> None:
    require_package("sklearn")
    with pytest.raises(UserError) as refusal:
        require_package("no_such_package")
    assert str(refusal.value) == (
        "baseline no_such_package requires the package no_such_package, which is not installed;"
        " pip install 'lnmbench[no_such_package]'"
    )


def test_versions_are_those_of_installed_packages() -> None:
    import scipy

    assert package_version("scipy") == {"scipy": scipy.__version__}
    assert package_version("no_such_package") == {}


def test_weights_must_be_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.ckpt").write_bytes(b"x")
    assert require_weights("tabicl", Path("w.ckpt")) == tmp_path / "w.ckpt"
    for missing in (Path("none.ckpt"), tmp_path):
        with pytest.raises(UserError, match="no file of weights for the baseline tabicl: got"):
            require_weights("tabicl", missing)
