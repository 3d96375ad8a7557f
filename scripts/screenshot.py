"""Take the picture of a page that the README shows: `python scripts/screenshot.py maps/2026-W46/index.html`.

Needs the environment of `scripts/test.py` and an installed Chromium or Chrome.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def shoot(page_file: Path, picture: Path, width: int, height: int, *, whole: bool) -> None:
    """Open a page without any network and save what a reader sees."""
    browser_path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(FLAGS))
        page = browser.new_page(viewport={"width": width, "height": height})
        page.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
        page.goto(page_file.resolve().as_uri())
        page.wait_for_timeout(500)
        page.screenshot(path=picture, full_page=whole)
        browser.close()


def main() -> None:
    """Read the command line and take one picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("--out", type=Path, default=Path("maps/voorbeeld.png"))
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=1400)
    parser.add_argument("--whole", action="store_true", help="the whole page, not just the first screen")
    told = parser.parse_args()
    shoot(told.page, told.out, told.width, told.height, whole=told.whole)


if __name__ == "__main__":
    main()
