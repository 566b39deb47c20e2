"""The pictures of docs/report.md and docs/explanations.md, taken of pages in headless Chromium.

lnmbench run --aux pt --encoder resnet50
lnmbench report --format html --output report.html
python docs/images/take.py report.html

After the commands of docs/explanations.md: python docs/images/take.py explanations.html
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
COLORS = 256
WIDE, HIGH = 1280, 900
# picture: what stands at its top
EXPLANATIONS = {"explanations": "#s-occlusion-case-82-name"}
PLACES = {
    "report-top": "",
    "report-differences": "#s-roc-name",
    "report-folds": "#s-paired-differences-name",
    "report-calibration": "#s-calibration-curves-name",
}


def take(browser: Browser, page: Path, name: str, heading: str, width: int, scheme: str) -> None:
    """Save what a window of this width shows below a heading."""
    context = browser.new_context(
        viewport={"width": width, "height": HIGH},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    tab = context.new_page()
    tab.goto(page.resolve().as_uri())
    if heading:
        tab.locator(heading).evaluate(
            "one => window.scrollTo(0, one.getBoundingClientRect().top + window.scrollY - 24)"
        )
    tab.wait_for_timeout(200)
    shot = Image.open(io.BytesIO(tab.screenshot()))
    shot.convert("RGB").quantize(COLORS).save(HERE / f"{name}.png", optimize=True)
    context.close()


def main() -> None:
    """Take all pictures of the page that is named."""
    page = Path(sys.argv[1])
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        is_report = page.stem != "explanations"
        for name, heading in (PLACES if is_report else EXPLANATIONS).items():
            take(browser, page, name, heading, WIDE, "light")
        if is_report:
            take(browser, page, "report-phone", "", 360, "dark")
        browser.close()


if __name__ == "__main__":
    main()
