"""explain: the slices and squares of images on which the predictions of networks depend."""

from lnmbench.stages.explain.explain_run import Explained, explain
from lnmbench.stages.explain.page import build_explanation_page

__all__ = ["Explained", "build_explanation_page", "explain"]
