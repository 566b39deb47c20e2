"""A classifier that is passed as an object, with its name and its search space."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

from lnmbench import choices
from lnmbench.classical import ClassicalModel, grid
from lnmbench.errors import UserError
from lnmbench.estimators.classifier import require_classifier, set_seeds
from lnmbench.estimators.code_versions import checksum, module_version
from lnmbench.estimators.description import describe_exactly, describe_shortly
from lnmbench.estimators.search_values import parse_search
from lnmbench.records import Choice

Missing = Literal["impute", "keep"]
Search: TypeAlias = Mapping[str, Sequence[object]]


class Estimator:
    """A classifier of scikit-learn as a baseline of one run; `estimator` makes it.

    Two of them are equal if their names and checksums are.

    Parameters
    ----------
    name
        The name of the baseline.
    module
        The package of the class, or its module.
    description
        Class, parameters and search space as text.
    checksum
        The checksum of class, code, versions, parameters and search space.
    versions
        The versions of packages, or the checksums of files, that the classifier consists of.
    candidates
        The settings of the inner folds.
    missing
        As in `estimator`.
    load
        Returns the classifier.
    """

    def __init__(
        self,
        *,
        name: str,
        module: str,
        description: str,
        checksum: str,
        versions: Mapping[str, str],
        candidates: Sequence[Mapping[str, object]],
        missing: Missing,
        load: Callable[[], Any],
    ) -> None:
        self.name, self.module = name, module
        self.description, self.checksum = description, checksum
        self.versions, self.candidates, self.missing = versions, candidates, missing
        self._load = load

    def model(self) -> ClassicalModel:
        """Return the baseline, which clones the classifier for every fit."""
        from sklearn.base import clone

        model = self._load()
        return ClassicalModel(
            classifier=lambda: clone(model),
            search=self.candidates,
            impute=self.missing == "impute",
            list_versions=lambda: self.versions,
        )

    def pack(self) -> bytes:
        """Return the classifier as bytes, with its code if a script or notebook defines it.

        Raises `UserError` if that is impossible, e.g. for a classifier with an open file.
        """
        from joblib import wrap_non_picklable_objects

        try:
            return pickle.dumps(wrap_non_picklable_objects(self._load(), keep_wrapper=False))
        except Exception as error:  # an object of the user may raise anything
            raise UserError(
                f"the estimator {self.name} cannot be sent to worker processes",
                got=f"{type(error).__name__}: {str(error)[:120]}",
                then="omit executor, to run in this process",
            ) from error

    def __reduce__(self) -> tuple[Callable[..., Estimator], tuple[object, ...]]:
        """Return a function that makes an equal estimator in a worker process."""
        facts = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return _unpack, (facts, self.pack())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Estimator) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"estimator({self.name!r}, {self.description})"

    def _key(self) -> tuple[str, str]:
        return self.name, self.checksum


def estimator(
    name: str,
    model: Any,
    *,
    search: Search | None = None,
    missing: Missing = "impute",
    seed: int = 0,
) -> Estimator:
    """Return a classifier of scikit-learn as a baseline of `lnmbench.run`.

    The classifier is not changed: every fit trains a clone of it.

    Parameters
    ----------
    name
        The name of the baseline in tables, e.g. `trees`.
    model
        An unfitted classifier with `predict_proba`, or a pipeline that ends with one.
    search
        Values of some of its parameters, among whose combinations the inner folds choose. Of equal
        ones, the first is chosen: begin with the strongest regularization.
    missing
        `impute`: numbers are imputed and scaled. `keep`: they are unchanged, NaN where missing.
    seed
        Seed, for parameters named `random_state` that are None.

    Raises
    ------
    UserError
        For a name with other characters than letters, digits, `_`, `.` and `-`, an object that is
        no classifier with `predict_proba`, a parameter that it does not have, and values that
        cannot be compared with those of another run.

    Examples
    --------
    >>> from sklearn.ensemble import ExtraTreesClassifier
    >>> estimator("trees", ExtraTreesClassifier(200), search={"min_samples_leaf": [40, 15, 5]})
    estimator('trees', sklearn.ensemble._forest.ExtraTreesClassifier(n_estimators=200, \
random_state=0); search: min_samples_leaf=40+15+5)
    """
    where = f"estimator {str(name)[:40]}"
    _require_name(name)
    if missing not in get_args(Missing):
        expected = " or ".join(get_args(Missing))
        raise UserError("wrong value for missing", where=where, expected=expected)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise UserError("wrong value for seed", where=where, expected="0 to 4294967295")
    subject = type(model).__name__
    if isinstance(model, type):
        raise UserError(
            f"{model.__name__} is a class",
            where=where,
            expected="an object",
            then=f"write {model.__name__}() with its parameters",
        )
    require_classifier(model, subject=subject, where=where, kind="an object")
    cloned = set_seeds(_clone(model, where), seed)
    _refuse_unseeded_splitters(cloned, where)
    searched = parse_search(search or {}, cloned, subject, where)
    text, versions = describe_exactly(cloned, where)
    return Estimator(
        name=name,
        module=type(cloned).__module__.partition(".")[0],
        description=describe_shortly(cloned, searched, keeps_missing=missing == "keep"),
        checksum=checksum(f"{text} {sorted(versions.items())} {searched} {missing}".encode()),
        versions=versions,
        candidates=grid(**searched),
        missing=missing,
        load=lambda: cloned,
    )


def _require_name(name: object) -> None:
    try:
        is_name = isinstance(name, str) and choices.parse(name) == Choice(name=name)
    except UserError:
        is_name = False
    if not is_name:
        raise UserError(
            "wrong name of an estimator",
            expected="a word of letters, digits, _, . and -, e.g. trees",
            got=repr(name)[:80],
        )


def _clone(model: Any, where: str) -> Any:
    from sklearn.base import clone

    try:
        return clone(model)
    except Exception as error:  # the object is the user's and may raise anything
        raise UserError(
            f"{type(model).__name__} cannot be cloned",
            where=where,
            expected="a classifier whose parameters are arguments of its class",
            got=f"{type(error).__name__}: {str(error)[:120]}",
        ) from error


def _refuse_unseeded_splitters(model: Any, where: str) -> None:
    """Raise `UserError` for a splitter whose folds would differ from run to run."""
    for name, value in model.get_params(deep=True).items():
        is_splitter = callable(getattr(value, "split", None)) and hasattr(value, "random_state")
        if is_splitter and value.random_state is None and getattr(value, "shuffle", True):
            raise UserError(
                f"{type(value).__name__} has no seed",
                where=f"{where}, parameter {name}",
                then="set its random_state to a number",
            )


def _unpack(facts: Mapping[str, Any], content: bytes) -> Estimator:
    """Return the estimator of another process; its classifier is read when it is needed."""
    return Estimator(**facts, load=lambda: _read_model(facts, content))


def _read_model(facts: Mapping[str, Any], content: bytes) -> Any:
    name = facts["name"]
    try:
        model = pickle.loads(content)  # what the process that started this one wrote
    except Exception as error:  # the class is the user's and may raise anything
        raise UserError(
            f"worker processes cannot read the estimator {name}",
            got=f"{type(error).__name__}: {str(error)[:120]}",
            then="omit executor, to run in one process",
        ) from error
    changed = [
        module
        for module, version in facts["versions"].items()
        if module_version(module).get(module, version) != version
    ]
    if changed:
        raise UserError(
            f"the code of the estimator {name} changed after it was made",
            where=", ".join(changed),
            then="start Python again, and rerun",
        )
    return model
