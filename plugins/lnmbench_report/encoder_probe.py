"""Labels in the frozen features of each encoder, as ridge regression finds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Block,
    Cell,
    EncoderProbe,
    Estimate,
    NetworkMethod,
    ProbedLabel,
    Results,
    Table,
    TableColumn,
    probe_key,
)
from lnmbench.results import (
    MISSING,
    format_decimal,
    format_interval,
    format_with_error,
    method_labels,
)
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix

COLUMNS = (
    TableColumn(key="network", heading="Features of", align="left"),
    TableColumn(key="label", heading="Label", align="left"),
    TableColumn(key="role", heading="Role", align="left"),
    TableColumn(key="kind", heading="Kind", align="left"),
    TableColumn(key="known", heading="Known"),
    TableColumn(key="auc", heading="AUC (95 % CI)"),
    TableColumn(key="spearman", heading="Spearman (95 % CI)"),
    TableColumn(key="r2", heading="R²"),
)


class EncoderProbes:
    """The target and each auxiliary label, predicted from the frozen features of each encoder."""

    group: SectionGroup = "secondary"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block if no encoder was probed."""
        probes = list(_probes_by_label(results))
        if not probes:
            return []
        table = Table(
            key="probe",
            title=f"Labels in the frozen features{synthetic_suffix(results.card)}",
            columns=COLUMNS,
            rows=tuple(
                _make_row(name, probe, label) for name, probe in probes for label in probe.labels
            ),
            notes=tuple(_write_notes(results, probes)),
        )
        return [table]


def _probes_by_label(results: Results) -> Iterator[tuple[str, EncoderProbe]]:
    """Yield each probe with the label of its first network, without auxiliary tasks if there is
    one."""
    labels = method_labels(results)
    networks = [r.method for r in results.method_results if isinstance(r.method, NetworkMethod)]
    networks.sort(key=lambda method: len(method.aux))
    for key in dict.fromkeys(map(probe_key, networks)):
        if key in results.probes:
            first = next(method for method in networks if probe_key(method) == key)
            yield labels[first.fingerprint], results.probes[key]


def _make_row(name: str, probe: EncoderProbe, label: ProbedLabel) -> tuple[Cell, ...]:
    return (
        Cell(text=name),
        Cell(text=label.name),
        Cell(text=label.role),
        Cell(text=label.kind),
        Cell(text=f"{label.known} of {probe.cases}", value=float(label.known)),
        _estimate_cell(label.auc),
        _estimate_cell(label.spearman),
        Cell(text=MISSING)
        if label.r2 is None
        else Cell(text=format_decimal(label.r2), value=label.r2),
    )


def _estimate_cell(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return Cell(text=MISSING)
    interval = format_interval(estimate.low, estimate.high, estimate=estimate.value)
    text = f"{format_decimal(estimate.value)} ({interval})"
    return Cell(text=text, value=estimate.value, low=estimate.low, high=estimate.high)


def _write_notes(results: Results, probes: Sequence[tuple[str, EncoderProbe]]) -> Iterator[str]:
    yield (
        "Ridge regression on the features averaged over the slices of a case, before any training "
        "of the network. AUC (nominal labels: mean over the classes, each against the others) and "
        "Spearman's correlation are means over the folds with corrected intervals; R² is computed "
        "on all out-of-fold predictions. A label that a linear model does not find here is hard to "
        "learn for a network on these features."
    )
    for name, probe in probes:
        sample = "" if probe.cases == results.n else f", {probe.cases} cases drawn at random"
        yield (
            f"{name}: {plural(probe.width, 'feature')}, {plural(probe.repeats, 'repeat')} of "
            f"{probe.folds} folds{sample}."
        )
        if probe.ideal is not None:
            ideal = probe.ideal
            yield (
                f"{name}, perfect auxiliary label ({ideal.latent}), by simulation: the target was "
                f"drawn {ideal.draws} times from its true risk. Logistic regression on the "
                "clinical features and the target's score from the image features has a mean AUC "
                f"of {format_decimal(ideal.without)}; with the score of {ideal.latent} from the "
                f"same features it gains {format_with_error(ideal.gain, ideal.error)} (Monte Carlo "
                f"error; SD over the draws {format_decimal(ideal.spread)})."
            )
