"""`lnmbench data download` as it is typed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import typer

from lnmbench import UserError
from lnmbench.cli.download import download

CONTENT = b"patient,core\n"

PLUGIN = """
from pathlib import Path
from lnmbench import hookimpl
from lnmbench.records import RemoteFile, Source

class Served:
    source = Source(
        license="CC BY 4.0",
        citation="Nobody, 2023",
        files=(RemoteFile(url="{url}", name="data.csv", sha256="{sha256}", bytes={size}),),
    )
    def __init__(self, root: Path) -> None: ...

class Asked:
    source = Source(license="CC BY 3.0", steps=("Get an account.", "Fetch the collection."))
    def __init__(self, root: Path) -> None: ...

@hookimpl
def register_datasets():
    return {{"served": Served, "asked": Asked}}
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def plugin(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A plugin file with one data set that a server on this machine serves, and one it does not."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "data.csv").write_bytes(CONTENT)
    handler = partial(Quiet, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        text = PLUGIN.format(
            url=f"http://127.0.0.1:{server.server_port}/data.csv",
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            size=len(CONTENT),
        )
        Path("served_here.py").write_text(text, encoding="utf-8")
        yield "served_here.py"
        server.shutdown()
        thread.join()


def run(*words: str) -> None:
    app = typer.Typer()
    app.command()(download)
    app(words, standalone_mode=False)


def test_files_go_to_the_chosen_folder(plugin: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("served", "--to", "here, please", "--plugin", plugin)
    assert Path("here, please/data.csv").read_bytes() == CONTENT
    assert capsys.readouterr().out.splitlines() == [
        str(Path("here, please/data.csv")),
        "license: CC BY 4.0",
        "please cite: Nobody, 2023",
        "then: lnmbench data ingest 'served:root=\"here, please\"'",
    ]
    run("served", "--plugin", plugin)
    assert Path("served/data.csv").read_bytes() == CONTENT


def test_steps_where_no_address_serves_the_files(
    plugin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("asked", "--plugin", plugin)
    out = capsys.readouterr().out
    assert "  1. Get an account.\n  2. Fetch the collection.\nlicense: CC BY 3.0\n" in out
    assert "ingest asked:root=FOLDER" in out
    assert not Path("asked").exists()


def test_a_data_set_that_is_not_downloaded(plugin: str) -> None:
    with pytest.raises(UserError, match="synthetic cannot be downloaded.*asked.*served"):
        run("synthetic", "--plugin", plugin)
    with pytest.raises(UserError, match="did you mean served"):
        run("serve", "--plugin", plugin)
