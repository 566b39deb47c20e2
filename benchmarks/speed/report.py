"""CPU time, memory and size of a large report: 50 methods × 100 outer folds × 5000 cases.

    python benchmarks/speed/report.py

writes a ledger with random predictions of networks with and without an auxiliary task (minutes;
reused from --folder), then measures `lnmbench report` in a process of its own, in HTML or in
another --format: CPU time (user and system), peak memory, size and lines of the text.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import (
    AuxLabels,
    Card,
    Choice,
    Epoch,
    Method,
    NetworkMethod,
    Plan,
    Preprocessing,
    Protocol,
    Training,
    Unit,
    UnitResult,
    Weights,
)
from lnmbench.stages.plan.splitting import make_splits
from lnmbench.store.ledger import FILE, LedgerWriter

SECONDS, GIGABYTES, MEGABYTES = 60.0, 2.0, 6.0
CLASSES = 7
PT = Choice(name="pt", parameters={"edition": "auto", "shuffled": 0})


def make_plan(cases: int, protocol: Protocol) -> Plan:
    ids = tuple(f"case-{number}" for number in range(cases))
    truth = (np.random.default_rng(0).random(cases) < 0.25).astype(float)
    return Plan(
        dataset="made",
        fingerprint="0" * 32,
        card=Card(
            title="random predictions",
            license="none",
            source="benchmarks/speed/report.py",
            citation="none",
            labels="drawn",
            synthetic=True,
        ),
        preprocessing=Preprocessing(),
        protocol=protocol,
        ids=ids,
        truth=truth,
        patients=np.arange(cases),
        splits=make_splits(ids, truth, ids, protocol),
    )


def make_methods(count: int) -> list[Method]:
    """Return methods, every second one with the auxiliary task after its reference."""
    return [
        NetworkMethod(
            label=f"encoder {index // 2}" + (" + pt" if index % 2 else ""),
            encoder=Choice(name=f"encoder{index // 2}"),
            level="slice",
            weights=Weights(source="random"),
            aux=(PT,) if index % 2 else (),
            weighting=Choice(name="fixed", parameters={"aux": 1.0}) if index % 2 else None,
            training=Training(),
        )
        for index in range(count)
    ]


def make_unit_results(
    plan: Plan, method: Method, repeat: int, latent: NDArray[np.float64]
) -> Iterator[UnitResult]:
    """Yield predictions that carry the label, with noise in part shared by all methods."""
    random = np.random.default_rng([repeat, *method.fingerprint.encode()])
    n = len(plan.ids)
    for fold in range(plan.protocol.folds):
        tested = plan.splits.outer[repeat] == fold
        logit = 1.1 * plan.truth - 1.4 + latent + 0.5 * random.normal(size=n)
        p = 1 / (1 + np.exp(-logit))
        test = {"target": np.where(tested, p, np.nan)[:, None]}
        if method.aux:
            classes = random.dirichlet(np.ones(CLASSES), n)
            test[str(PT)] = np.where(tested[:, None], classes, np.nan)
        losses = 0.6 + 0.3 * np.exp(-np.arange(20) / 5)
        history = tuple(
            Epoch(inner=inner, epoch=epoch + 1, training_loss=loss - 0.05, validation_loss=loss)
            for inner in range(plan.protocol.inner)
            for epoch, loss in enumerate(losses.tolist())
        )
        yield UnitResult(
            unit=Unit(method=method.fingerprint, repeat=repeat, fold=fold),
            test=test,
            validation=np.where(tested, np.nan, p),
            seconds=1.0,
            memory_mb=100.0,
            fits=plan.protocol.inner,
            epochs=len(history),
            history=history,
        )


def make_ledger(folder: Path, count: int, cases: int, protocol: Protocol) -> None:
    plan, methods = make_plan(cases, protocol), make_methods(count)
    random = np.random.default_rng(1)
    latent = random.normal(size=cases)
    stages = random.integers(0, CLASSES, cases).astype(float)
    labels = AuxLabels(
        task=str(PT), title="pathological T stage", kind="ordinal", known=cases, values=stages
    )
    started = time.perf_counter()
    with LedgerWriter.create(folder, plan) as ledger:
        ledger.add_methods(methods, plan.splits.units())
        ledger.add_labels([labels])
        for number, method in enumerate(methods, start=1):
            done = ledger.done(method.fingerprint)
            for repeat in range(protocol.repeats):
                if (repeat, 0) not in done:
                    ledger.add_results(list(make_unit_results(plan, method, repeat, latent)))
            seconds = time.perf_counter() - started
            print(f"\rledger: {number} of {count} methods, {seconds:.0f} s", end="", flush=True)
    print(f", {(folder / FILE).stat().st_size / 1e9:.2f} GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--methods", type=int, default=50)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--folder", type=Path, default=Path("runs/report-speed"))
    parser.add_argument("--format", default="html")
    options = parser.parse_args()
    protocol = Protocol()
    make_ledger(options.folder, options.methods, options.cases, protocol)
    page = options.folder / f"report.{options.format}"
    command = ["report", str(options.folder), "--format", options.format, "--output", str(page)]
    subprocess.run([sys.executable, "-m", "lnmbench", *command], check=True)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, gigabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6
    megabytes = page.stat().st_size / 1e6
    lines = page.read_bytes().count(b"\n")
    print(
        f"{options.methods} methods × {protocol.units} folds × {options.cases} cases as"
        f" {options.format}, {lines} lines:"
    )
    for name, measured, target, unit in (
        ("CPU time", seconds, SECONDS, "s"),
        ("peak memory", gigabytes, GIGABYTES, "GB"),
        ("page", megabytes, MEGABYTES, "MB"),
    ):
        verdict = "reached" if measured <= target else "not reached"
        print(f"  {name} {measured:.3g} {unit} (target {target:g} {unit}: {verdict})")


if __name__ == "__main__":
    main()
