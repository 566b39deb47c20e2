"""Models on the clinical features alone: classical baselines and the clinical network."""

from collections.abc import Callable, Mapping

from lnmbench import hookimpl
from lnmbench.contracts import Baseline, Encoder


@hookimpl
def register_baselines() -> Mapping[str, Callable[..., Baseline]]:
    """Offer classical models."""
    from lnmbench_baselines.boosting import catboost, lightgbm, xgboost
    from lnmbench_baselines.foundation import tabicl, tabpfn
    from lnmbench_baselines.gam import gam
    from lnmbench_baselines.generative import gaussian_process, naive_bayes
    from lnmbench_baselines.import_path import sklearn
    from lnmbench_baselines.logistic import firth, logistic
    from lnmbench_baselines.margins import knn, svm
    from lnmbench_baselines.trees import hist_gradient_boosting, random_forest

    return {
        "logistic": logistic,
        "firth": firth,
        "gam": gam,
        "naive_bayes": naive_bayes,
        "knn": knn,
        "svm": svm,
        "gaussian_process": gaussian_process,
        "random_forest": random_forest,
        "hist_gradient_boosting": hist_gradient_boosting,
        "xgboost": xgboost,
        "lightgbm": lightgbm,
        "catboost": catboost,
        "tabpfn": tabpfn,
        "tabicl": tabicl,
        "sklearn": sklearn,
    }


@hookimpl
def register_encoders() -> Mapping[str, Callable[..., Encoder]]:
    """Offer `none`, the network without images."""
    from lnmbench_baselines.no_images import NoImages

    return {"none": NoImages}
