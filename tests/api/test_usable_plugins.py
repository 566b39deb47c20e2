from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression

from lnmbench import UserError
from lnmbench.api.usable_plugins import load_plugins
from lnmbench.estimators import estimator


@pytest.mark.usefixtures("home")
def test_an_unusable_plugin_of_the_environment_is_a_warning_and_a_named_one_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("broken.py").write_text("import not_there_at_all\n", encoding="utf-8")
    for named in ("broken.py", Path("broken.py"), ["broken.py"]):
        with pytest.raises(UserError, match="plugin broken fails to import"):
            load_plugins(named)


@pytest.mark.usefixtures("home")
def test_an_object_is_offered_beside_the_plugins() -> None:
    registry = load_plugins((), [estimator("mine", LogisticRegression())])
    names = [offer.name for offer in registry.baselines.offers()]
    assert names[-1] == "mine"
    assert "logistic" in names
    with pytest.raises(UserError, match="the name firth of an estimator is taken"):
        load_plugins((), [estimator("firth", LogisticRegression())])
