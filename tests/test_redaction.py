"""naming: the folders of one machine stay on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Figure, Method, NetworkMethod, Preprocessing, Weights
from lnmbench.redaction import all_file_names, renamed, without_folders
from lnmbench.registry import Registry
from lnmbench.rendering import PAGE_FORMATS, render_page
from lnmbench.stages.ingest import Ingesting
from lnmbench.stages.report.checks import run_checks
from lnmbench.stages.report.export import export
from lnmbench.stages.report.load_results import page, read_results
from lnmbench.stages.run.run_benchmark import Place, run

torch = pytest.importorskip("torch")
PEOPLE = ("jane_doe", "joan_roe")
ENCODERS = """
import torch
from torch import nn
from lnmbench import Weights, hookimpl
from lnmbench.nets.encoder.weight_files import (
    digest, load_weights, read_weights, resolve_weight_file
)

class Mean:
    \"\"\"Each slice's mean, times a weight.\"\"\"
    level, out_dim = "slice", 4
    def __init__(self, weights: str = "none"):
        file = resolve_weight_file(weights, keywords=(), what="mean")
        self.layers = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 4))
        load_weights(self.layers, read_weights(file, what="mean"), what="mean")
        made = digest(self.layers.state_dict())
        self.weights = Weights(source=f"file:{file.name}", sha256=made, note=f"of {file.name}")
    def stages(self):
        return self.layers

@hookimpl
def register_encoders():
    return {"mean": Mean}
"""


def test_a_report_and_an_export_name_files_without_their_folders(
    tmp_path: Path, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plugin = tmp_path / "means.py"
    plugin.write_text(ENCODERS, encoding="utf-8")
    for number, owner in enumerate(PEOPLE):
        (tmp_path / owner).mkdir()
        state = {"2.weight": torch.full((4, 1), 1.0 + number), "2.bias": torch.zeros(4)}
        torch.save(state, tmp_path / owner / "w.pt")
    places = str(tmp_path / PEOPLE[0] / "w.pt"), f"{PEOPLE[1]}/w.pt"
    registry = Registry((str(plugin),))
    folder = run(
        read_benchmark(
            None,
            {
                "dataset": "synthetic:n=20",
                "encoder": tuple(f"mean:weights={place}" for place in places),
                "aux": ("none", "pt"),
                "only": True,
                "repeats": 1,
                "folds": 2,
                "inner": 2,
                "training": {"max_epochs": 1},
            },
        ),
        registry,
        place=Place(home=tmp_path / "home", out=tmp_path / "run"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(str(plugin),),
        progress=silent,
        ingesting=Ingesting(preprocessing=Preprocessing(patch=32)),
    )
    results = read_results(folder, registry)
    labels = [outcome.method.label for outcome in results.method_results]
    assert len(set(labels)) == len(labels) == 4, labels
    assert sum(label.startswith("mean:weights=w.pt [") for label in labels) == 2

    made = page(results, registry)
    texts = {format: render_page(made, format) for format in PAGE_FORMATS}
    texts["checks"] = str(run_checks(results, registry))
    texts["figures"] = str([block for block in made.blocks if isinstance(block, Figure)])
    exported = export(folder, tmp_path / "export", results)
    texts |= {path.name: path.read_text("utf-8") for path in exported}
    assert "mean:weights=w.pt" in texts["figures"]
    assert "w.pt" in texts["html"]
    assert "w.pt" in texts["manifest.json"]
    private = (*PEOPLE, str(tmp_path))
    assert not {name for name, text in texts.items() for one in private if one in text}


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"weights": "~nobody/w.pt"}, "w.pt"),
        ({"weights": r"C:\Users\jane_doe\w.pt"}, "w.pt"),
        ({"path": "/data/jane_doe/"}, "jane_doe"),
        ({"model": "hf-hub:timm/resnet50.a1_in1k"}, "hf-hub:timm/resnet50.a1_in1k"),
        ({"share": ".5"}, ".5"),
        ({"weights": "mine/w.pt"}, "w.pt"),
        ({"model": "mine/w.safetensors"}, "mine/w.safetensors"),
    ],
)
def test_only_places_lose_their_folders(parameters: Mapping[str, str], named: str) -> None:
    weights = Weights(source="file:w.pt", sha256="ab")
    made = without_folders(Choice(name="any", parameters=parameters), weights)
    assert list(made.parameters.values()) == [named]


def test_the_places_of_a_data_set_are_found_in_its_text() -> None:
    text = 'table:path="/home/me, myself/a.csv",columns=/home/me/c.toml,index=id'
    assert all_file_names(text, []) == {
        "/home/me, myself/a.csv": "a.csv",
        "/home/me/c.toml": "c.toml",
    }


def test_texts_inside_facts_are_renamed() -> None:
    facts = {"/a/b": [1, "x=/a/b/c, y=/a/b", None]}
    assert renamed(facts, {"/a/b": "b", "/a/b/c": "c"}) == {"b": [1, "x=c, y=b", None]}


def test_weights_that_were_moved_are_the_same_arm() -> None:
    def arm(place: str, sha256: str = "ab", **others: object) -> Method:
        encoder = Choice(name="resnet18", parameters={"weights": place, "cut": "layer3", **others})
        weights = Weights(source=f"file:{Path(place).name}", sha256=sha256)
        return NetworkMethod(label="any", encoder=encoder, level="slice", weights=weights)

    own = arm("/home/jane_doe/w.pt")
    assert own.fingerprint == arm("elsewhere/renamed.pt").fingerprint
    assert own.fingerprint != arm("/home/jane_doe/w.pt", sha256="cd").fingerprint
    assert own.fingerprint != arm("/home/jane_doe/w.pt", cut="layer4").fingerprint
    unknown = arm("/home/jane_doe/w.pt", sha256="")
    assert unknown.fingerprint != replace(unknown, encoder=arm("other/w.pt").encoder).fingerprint
