from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.cli.plugins import PluginOptions, warn_of_problems


def test_a_plugin_named_by_the_user_must_be_usable(home: Path) -> None:
    Path("broken.py").write_text("import not_there", encoding="utf-8")
    options = PluginOptions(plugin=["broken.py"])
    assert options.names == ("broken.py",)
    with pytest.raises(UserError, match="plugin broken fails to import"):
        options.load()


def test_a_plugin_of_the_environment_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("broken.py").write_text("import not_there", encoding="utf-8")
    monkeypatch.setenv("LNMBENCH_PLUGINS", "broken.py")
    with pytest.raises(UserError, match="plugin broken fails to import"):
        PluginOptions().load()


def test_what_is_not_usable_is_warned_of_once(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.py").write_text("import not_there", encoding="utf-8")
    registry = PluginOptions(plugin=["broken.py"]).load_usable()
    assert registry.metrics.offer("auc")
    warn_of_problems(registry)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("warning: plugin broken fails to import")
    assert line.endswith("fix it, or set LNMBENCH_BLOCK=broken to skip it")
