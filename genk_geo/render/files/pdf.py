"""Pages on paper: PDF by an installed Chromium or Chrome, for who mails or prints them."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_log = logging.getLogger(__name__)

#: Names and places under which a Chromium goes.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
    "--virtual-time-budget=5000",
    # Nothing is fetched: every host but the page's own files is out of reach.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_PATIENCE_S = 120
_SCRIPT = re.compile(r"(<script\b.*?</script>)", re.DOTALL)
# On paper a link to a neighbouring page would be an address on the machine that printed it.
_LOCAL_LINK = re.compile(r"""(<a\b[^>]*?)\shref="(?!https?:|mailto:)[^"]*\"""")


def find_chromium() -> str | None:
    """Path of an installed Chromium, Chrome or Edge; None without one."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return found or next((path for path in _PLACES if Path(path).exists()), None)


def write_pdfs(pages: Iterable[Path], *, chromium: str | None = None) -> list[Path]:
    """Print pages to PDF beside them.

    Parameters
    ----------
    pages : iterable of pathlib.Path
        Published pages (``.html``).
    chromium : str, optional
        Program to print with; the one that is found when absent.

    Returns
    -------
    list of pathlib.Path
        A ``.pdf`` for each page that could be printed. None without a Chromium, which is logged: pages do not
        wait for paper. The bytes differ from run to run, because the browser writes the time into them.
    """
    program = chromium or find_chromium()
    if program is None:
        _log.warning("No Chromium, Chrome or Edge is installed, so no page was printed to PDF.")
        return []
    written = []
    with tempfile.TemporaryDirectory(prefix="genk-geo-") as desk:
        for page in pages:
            target = page.with_suffix(".pdf")
            copy = Path(desk) / page.name
            copy.write_text(
                without_local_links(page.read_text(encoding="utf-8")), encoding="utf-8", newline=""
            )
            if _printed(program, copy, target, str(Path(desk) / "profile")):
                written.append(target)
    _log.info("%d pages printed to PDF", len(written))
    return written


def without_local_links(page: str) -> str:
    """A page whose links to other pages are plain text; its scripts stay as they are.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    str
        The same, with links to web and mail addresses only.
    """
    parts = _SCRIPT.split(page)
    return "".join(part if at % 2 else _LOCAL_LINK.sub(r"\1", part) for at, part in enumerate(parts))


def _printed(program: str, page: Path, target: Path, profile: str) -> bool:
    """Print one page; a page that fails is logged and leaves no half file."""
    command = [program, *_FLAGS, f"--user-data-dir={profile}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # Chromium refuses its sandbox to root, as in a container
    command += [f"--print-to-pdf={target.resolve()}", page.resolve().as_uri()]
    try:
        told = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)  # noqa: S603  # a program that was found here, with arguments of our own
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.warning("%s was not printed to PDF: %s", page.name, error)
        target.unlink(missing_ok=True)
        return False
    if told.returncode or not target.is_file() or not target.stat().st_size:
        reason = told.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
        _log.warning("%s was not printed to PDF: %s", page.name, reason[0])
        target.unlink(missing_ok=True)
        return False
    return True
