"""Open every page of the built documentation in a real browser and name what is wrong with it.

``python docs/check_pages.py HTML`` looks at each page of a folder that Sphinx wrote, as wide as a
phone: no link or picture leads nowhere, nothing is wider than the window but what can be scrolled,
and no script fails. It needs the extra ``test`` and a Chromium; without one it checks links alone.
"""

import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

PHONE: "ViewportSize" = {"width": 400, "height": 800}  # pixels
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TOO_WIDE = """() => document.documentElement.scrollWidth > window.innerWidth"""
BROKEN_PICTURES = """() => [...document.images].filter(i => !i.naturalWidth).map(i => i.src)"""


class Links(HTMLParser):
    """Reads where a page leads, and which places in it can be led to."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the places and the targets of one element."""
        for name, value in attrs:
            if value and name == "id":
                self.places.add(value)
            if value and (tag, name) in {("a", "href"), ("img", "src"), ("link", "href")}:
                self.targets.append(value)


def read_links(path: Path) -> Links:
    """Return the links of one page."""
    links = Links()
    links.feed(path.read_text(encoding="utf-8"))
    return links


def find_dead_links(folder: Path) -> Iterator[str]:
    """Yield a line for each link that leads to no file or place of the folder."""
    pages = {path: read_links(path) for path in sorted(folder.rglob("*.html"))}
    for path, links in pages.items():
        for target in links.targets:
            if ":" in target.partition("/")[0] or target.startswith("//"):
                continue  # another site, or a letter
            rest, place = urldefrag(unquote(target))
            led = (path.parent / rest.partition("?")[0]).resolve() if rest else path
            led = led / "index.html" if led.is_dir() else led
            known = pages[led].places if led in pages else None
            if not led.exists() or (place and known is not None and place not in known):
                yield f"{path.relative_to(folder)}: {target} leads nowhere"


def look_at(page: "Page", path: Path, name: str) -> Iterator[str]:
    """Yield a line for each thing that a reader with a phone would stumble over."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    if page.evaluate(TOO_WIDE):
        yield f"{name}: wider than {PHONE['width']} pixels"
    yield from (f"{name}: no picture at {source}" for source in page.evaluate(BROKEN_PICTURES))
    yield from (f"{name}: a script fails: {error}" for error in errors)


def look_at_all(folder: Path) -> Iterator[str]:
    """Yield what is wrong on any page, as a browser shows it."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print("SKIPPED: there is no browser, so that only links were checked")
        return
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport=PHONE)
        for path in sorted(folder.rglob("*.html")):
            yield from look_at(page, path, str(path.relative_to(folder)))
        browser.close()


def main() -> int:
    """Print what is wrong with the pages of a folder; return 1 where anything is."""
    folder = Path(sys.argv[1]).resolve()
    found = [*find_dead_links(folder), *look_at_all(folder)]
    print("\n".join(found) or f"{len(list(folder.rglob('*.html')))} pages are fine")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
