"""`lnmbench explain`: the slices and regions of images on which predictions depend."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lnmbench.cli.benchmark_options import DeviceOptions
from lnmbench.cli.console import print_notice
from lnmbench.cli.option_groups import expand_groups
from lnmbench.cli.plugins import PluginOptions

HTML_FILE = Path("explanations.html")


@expand_groups
def explain(
    *,
    run: Annotated[
        Path | None, typer.Argument(help="Run directory (default: the latest below runs/).")
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LABEL",
            help="Method with images, by its label in the report, or a control (default: the first"
            " four networks); repeatable.",
        ),
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Outcome of a target with several, e.g. 'N2 or higher' (default: the one with most"
            " cases of the rarer class); repeatable.",
        ),
    ] = None,
    repeat: Annotated[
        int,
        typer.Option(metavar="NUMBER", min=1, help="Repeat whose predictions are explained."),
    ] = 1,
    case: Annotated[
        list[int] | None,
        typer.Option(
            metavar="NUMBER",
            help="Case, by its number in the report (default: those that the methods rank most"
            " wrongly and most rightly); repeatable.",
        ),
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=50, help="Number of cases if none is named.")] = 6,
    patch: Annotated[
        float,
        typer.Option(metavar="MM", min=2.0, max=200.0, help="Side of the occluded square in mm."),
    ] = 22.4,
    output: Annotated[
        Path, typer.Option(metavar="FILE", help="HTML file to write.", rich_help_panel="Output")
    ] = HTML_FILE,
    figures: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Also write each figure and picture to this folder.",
            rich_help_panel="Output",
        ),
    ] = None,
    machine: DeviceOptions,
    plugins: PluginOptions,
) -> None:
    """Show on which slices and regions of CT images the predictions of methods depend.

    The models that test the cases are trained again. The page shows CT images of patients.
    """
    from lnmbench.cli.console import print_to_console
    from lnmbench.cli.report import write_figures
    from lnmbench.environment import home
    from lnmbench.progress import make_progress
    from lnmbench.records import Figure, Gallery
    from lnmbench.rendering import require_new_folder
    from lnmbench.stages.explain import build_explanation_page, explain
    from lnmbench.stages.report import find_latest_run, refuse_folder, write_report

    refuse_folder(output)
    if figures is not None:
        require_new_folder(figures)
    registry = plugins.load()
    with make_progress() as progress:
        explained = explain(
            run or find_latest_run(Path("runs")),
            registry,
            home=home(),
            resources=machine.to_resources(),
            progress=progress,
            methods=method or (),
            cases=case or (),
            outcomes=outcome or (),
            repeat=repeat,
            most=most,
            patch_mm=patch,
        )
    page = build_explanation_page(explained)
    write_report(page, output, "html")
    if figures is not None:
        write_figures(page, figures)
    print_to_console([each for each in page.blocks if not isinstance(each, Figure | Gallery)])
    print_notice(f"written to {output}")
