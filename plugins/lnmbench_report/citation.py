"""Citations for a paper that uses the numbers of the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Paragraph, Results
from lnmbench.redaction import redact_data_set
from lnmbench.results import complete_methods, join_and

METHOD = (
    "The method: Hu et al., A Deep Multi-Task Network to Learn Tumor Pathological "
    "Representations for Lymph Node Metastasis Prediction."
)
CORRECTED = (
    "corrected tests and intervals over the folds",
    "Nadeau C., Bengio Y., Inference for the generalization error, Mach Learn 2003; 52: 239–281; "
    "Bouckaert R. R., Frank E., Evaluating the replicability of significance tests for comparing "
    "learning algorithms, PAKDD 2004: 3–12",
)
COMPARISONS = {
    "bayes": (
        "the Bayesian correlated t-test",
        "Corani G., Benavoli A., A Bayesian approach for comparing cross-validated algorithms on "
        "multiple data sets, Mach Learn 2015; 100: 285–304; Benavoli A. et al., Time for a change: "
        "a tutorial for comparing multiple classifiers through Bayesian analysis, "
        "J Mach Learn Res 2017; 18 (77): 1–36",
    ),
    "delong": (
        "DeLong's test",
        "DeLong E. R., DeLong D. M., Clarke-Pearson D. L., Comparing the areas under two or more "
        "correlated receiver operating characteristic curves: a nonparametric approach, "
        "Biometrics 1988; 44: 837–845; Sun X., Xu W., Fast implementation of DeLong's algorithm, "
        "IEEE Signal Process Lett 2014; 21: 1389–1393",
    ),
    "bootstrap": (
        "the bootstrap of the AUC",
        "Davison A. C., Hinkley D. V., Bootstrap methods and their application, Cambridge "
        "University Press 1997",
    ),
    "placement": (
        "the test of placements, with the case as the unit",
        "LeDell E., Petersen M., van der Laan M., Computationally efficient confidence intervals "
        "for cross-validated area under the ROC curve estimates, Electron J Stat 2015; 9: "
        "1583–1607",
    ),
}
"""By the name of the comparison; parameters may follow it."""
HOLM = (
    "correction for many tests",
    "Holm S., A simple sequentially rejective multiple test procedure, Scand J Stat 1979; 6: 65–70",
)
CALIBRATION = (
    "calibration",
    "Van Calster B. et al., Calibration: the Achilles heel of predictive analytics, "
    "BMC Med 2019; 17: 230",
)
BENEFIT = (
    "net benefit",
    "Vickers A. J., Elkin E. B., Decision curve analysis: a novel method for evaluating prediction "
    "models, Med Decis Making 2006; 26: 565–574",
)
BOOTSTRAP = (
    "bootstrap intervals",
    "Efron B., Better bootstrap confidence intervals, J Am Stat Assoc 1987; 82: 171–185",
)
ONE_STEP = (
    "the bootstrap of calibration",
    "Moulton L. H., Zeger S. L., Bootstrapping generalized linear models, Comput Stat Data Anal "
    "1991; 11: 53–63",
)
EFFECTIVE = (
    "intervals of shares that are averaged over repeats",
    "Korn E. L., Graubard B. I., Confidence intervals for proportions with small expected number "
    "of positive counts estimated from survey data, Surv Methodol 1998; 24: 193–201",
)
WILSON = (
    "intervals of shares",
    "Wilson E. B., Probable inference, the law of succession, and statistical inference, "
    "J Am Stat Assoc 1927; 22: 209–212",
)

NOT_STATED = ("", "none", "not stated")


class Citation:
    """Citations of lnmbench, the experiment, the cohort, and the statistics of the report."""

    group: SectionGroup = "provenance"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one paragraph."""
        statistics = (f"For {subject}: {source}." for subject, source in _list_statistics(results))
        lines = (_cite_software(results), METHOD, _cite_cohort(results), *statistics)
        return [Paragraph(key="cite", title="How to cite", lines=lines)]


def _cite_software(results: Results) -> str:
    environments = [run.environment for run in results.invocations if run.environment]
    versions = [environment.lnmbench for environment in environments if environment.lnmbench]
    name = " ".join(["lnmbench", join_and(list(dict.fromkeys(versions)))]).strip()
    question = "does an auxiliary task improve prediction of lymph node metastasis?"
    return f"{name}, a benchmark: {question}"


def _cite_cohort(results: Results) -> str:
    citation = results.card.citation.strip().rstrip(".")
    if results.card.synthetic:
        return (
            f"The cohort: {redact_data_set(results.cohort)}, SYNTHETIC, not patients: {citation}."
        )
    if citation in NOT_STATED:
        return f"The cohort: {redact_data_set(results.cohort)}; no citation is stated."
    return f"The cohort: {citation}."


def _list_statistics(results: Results) -> Iterator[tuple[str, str]]:
    """Yield the subject and the source of each statistic in this report."""
    complete = complete_methods(results)
    if complete:
        yield CORRECTED
    tests = {name.partition(":")[0] for c in results.pair_comparisons for name in c.tests}
    yield from (source for name, source in COMPARISONS.items() if name in tests)
    if results.pair_comparisons:
        yield HOLM
    if complete and results.truth.size:
        yield from (CALIBRATION, BENEFIT, BOOTSTRAP, ONE_STEP)
    if any(score.thresholds is not None for r in complete for score in r.scores.values()):
        yield from (WILSON, EFFECTIVE)
