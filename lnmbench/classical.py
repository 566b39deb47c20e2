"""Classical models: preprocessing and a scikit-learn classifier, with a search space, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from lnmbench.clinical import preprocessor
from lnmbench.records import Column


def _no_transformers(columns: Sequence[Column]) -> Sequence[tuple[str, Any]]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicalModel:
    """A baseline of preprocessing, further transformers and a classifier.

    Whatever the parts fit, they fit on the training cases of each inner fit; what stands before
    the classifier is fitted once for all candidates.

    Parameters
    ----------
    classifier
        Returns an unfitted scikit-learn classifier. It is called when it is needed, so that heavy
        modules can be imported in it.
    search
        The candidate settings of the classifier, the strongest regularization first: of candidates
        with the same loss, the first one is chosen.
    impute
        Whether the classifier needs complete and scaled numbers; otherwise it gets NaN where a
        value is missing.
    list_versions
        Returns the versions of libraries that predictions depend on, by name.
    transformers
        Returns transformers between preprocessing and classifier, with their names: selection of
        features, splines. The preprocessed columns that are not nominal come first, in their order.

    linear
        Whether the log odds are linear in the features, so that the model has an equation.

    Examples
    --------
    >>> def classifier():
    ...     from sklearn.neighbors import KNeighborsClassifier
    ...     return KNeighborsClassifier()
    >>> model = ClassicalModel(classifier=classifier, search=grid(n_neighbors=(20, 5)))
    >>> model.candidates()
    [{'n_neighbors': 20}, {'n_neighbors': 5}]
    """

    classifier: Callable[[], Any]
    search: Sequence[Mapping[str, object]] = ({},)
    impute: bool = True
    list_versions: Callable[[], Mapping[str, str]] = dict
    transformers: Callable[[Sequence[Column]], Sequence[tuple[str, Any]]] = _no_transformers
    linear: bool = False

    def estimator(self, columns: Sequence[Column]) -> Any:
        """Return an unfitted pipeline for a DataFrame with these columns."""
        from sklearn.pipeline import Pipeline

        steps = [("preprocess", preprocessor(columns, impute=self.impute))]
        return Pipeline([*steps, *self.transformers(columns), ("model", self.classifier())])

    def candidates(self) -> Sequence[Mapping[str, object]]:
        """Return the candidate settings of the inner folds."""
        return list(self.search)

    def versions(self) -> Mapping[str, str]:
        """Return the versions of libraries that predictions depend on, by name."""
        return self.list_versions()


def grid(**values: Sequence[object]) -> list[dict[str, object]]:
    """Return the combinations of values of several settings; the last setting varies fastest.

    Examples
    --------
    >>> grid(C=(0.1, 1.0), l1_ratio=(0.5,))
    [{'C': 0.1, 'l1_ratio': 0.5}, {'C': 1.0, 'l1_ratio': 0.5}]
    """
    return [
        dict(zip(values, combination, strict=True)) for combination in product(*values.values())
    ]
