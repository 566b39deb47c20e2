from __future__ import annotations

import pytest
from sklearn.ensemble import ExtraTreesClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from lnmbench import UserError
from lnmbench.estimators.classifier import make_unknown_error, require_classifier, set_seeds


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (3, "an object with fit, got the int"),
        (len, "an object with fit, got the function"),
        (StandardScaler(), "an object with predict_proba, got the StandardScaler"),
        (SVC(), "got the SVC; wrap it in sklearn.calibration.CalibratedClassifierCV"),
        (StackingClassifier([("a", SVC())]), "with other parameters, e.g. final_estimator"),
        (make_pipeline(StandardScaler(), LinearSVC()), "got the Pipeline; wrap it"),
    ],
)
def test_what_is_no_classifier_with_probabilities_is_refused(model: object, message: str) -> None:
    with pytest.raises(UserError, match=message):
        require_classifier(model, subject="it", where="here", kind="an object")


def test_every_part_without_a_seed_gets_the_seed() -> None:
    voting = VotingClassifier(
        [("a", make_pipeline(StandardScaler(), LogisticRegression())), ("b", SVC(random_state=7))]
    )
    parameters = set_seeds(voting, 3).get_params(deep=True)
    seeds = {name: value for name, value in parameters.items() if name.endswith("random_state")}
    assert seeds == {"a__logisticregression__random_state": 3, "b__random_state": 7}
    assert set_seeds(ExtraTreesClassifier(), 3).random_state == 3


def test_an_unknown_parameter_is_answered_with_the_nearest() -> None:
    known = LogisticRegression().get_params()
    near = make_unknown_error("max_iters", subject="it", known=known, where="here")
    assert str(near) == "it has no parameter 'max_iters' (here); did you mean max_iter?"
    far = make_unknown_error("zzz", subject="it", known=known, where="here")
    assert "known: C, class_weight" in str(far)
