"""Take the pictures in ``docs/pictures``: the page of a run, in a real browser.

``python docs/take_pictures.py`` runs pytest on ``examples/top_k``, opens what ``--mg-html`` wrote
in a Chromium without a window, and writes the pictures anew. It needs the extra ``test``, pillow
and a Chromium.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
WIDTH = 1000  # pixels, so that the text is read without a zoom
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WRONG = "--mg-candidate=examples/top_k/wrong.py"
# What each picture shows: the arguments of the run, and the element at which it ends, or all of it.
RUNS = {
    "decision.png": ((WRONG, "-k", "reordered or descending"), "details"),
    "page.png": (
        ("--mg-candidate=examples/top_k/good.py", WRONG, "--mg-monitor=latency?"),
        None,
    ),
}


def write_page(arguments: tuple[str, ...], page: Path) -> None:
    """Run pytest on the example, as a reader would, for the page that it writes."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "examples/top_k"]
    baseline = "--mg-baseline=examples/top_k/baseline.py"
    options = (*arguments, baseline, "--mg-gate", f"--mg-html={page}")
    subprocess.run([*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)


def take(browser: "Browser", page: Path, end: str | None, picture: Path) -> None:
    """Photograph a page from its top to the end of an element, or all of it."""
    view = browser.new_page(viewport={"width": WIDTH, "height": 800})
    view.goto(page.as_uri())
    height = view.evaluate("document.documentElement.scrollHeight")
    if end is not None:
        box = view.locator(end).first.bounding_box()
        if box is None:
            raise LookupError(f"{page} shows no {end}")
        height = box["y"] + box["height"] + 16
    clip: FloatRect = {"x": 0, "y": 0, "width": WIDTH, "height": height}
    view.screenshot(path=picture, full_page=True, clip=clip)
    view.close()
    with Image.open(picture) as full:
        few = full.convert("RGB").quantize(64)  # a third of the size, and nobody sees it
    few.save(picture, optimize=True)


def main() -> None:
    """Write every picture anew."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise SystemExit("no browser: install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, (arguments, end) in RUNS.items():
            page = Path(folder, name).with_suffix(".html")
            write_page(arguments, page)
            take(browser, page, end, PICTURES / name)
        browser.close()


if __name__ == "__main__":
    main()
