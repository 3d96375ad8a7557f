"""Notebooks as pages of the documentation: each is run in a kernel, and what it shows stands in the page.

Nothing is kept of it. A map to move stands in a file of its own, as it would be saved: it needs no internet.
"""

from __future__ import annotations

import base64
import re
from html import unescape
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
#: What a cell may show, the best first.
_KINDS = ("image/png", "text/html", "text/plain")
#: The search is for answers: walks full of the same words would stand before the pages that have them.
_FRONT = "---\nnosearch: true\n---"
_MAP = re.compile(r'<iframe srcdoc="(.*?)"', re.DOTALL)


def names() -> list[str]:
    """Notebooks in their order, without the ending."""
    return sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


def write_pages(folder: Path) -> list[str]:
    """Run every notebook and write its page; what to say of each.

    Parameters
    ----------
    folder : Path
        Source of the documentation; maps go into ``maps`` in it.
    """
    from jupyter_client.manager import KernelManager

    kernel = KernelManager()
    # quiet: it would warn that other users of this machine could listen
    kernel.start_kernel(cwd=str(NOTEBOOKS), extra_arguments=["--log-level=ERROR"])
    try:
        return [_page(name, folder, kernel) for name in names()]
    finally:
        kernel.shutdown_kernel(now=True)


def _page(name: str, folder: Path, kernel: Any) -> str:
    import nbformat
    from nbclient import NotebookClient

    began = monotonic()
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    # one kernel for all, since libraries take seconds to load; none sees the names of the one before
    notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f\n%matplotlib inline"))
    client = NotebookClient(notebook, km=kernel, timeout=600)
    try:
        client.execute()
    finally:
        client.kc.stop_channels()
    parts, heading, number = [_FRONT], name, 0
    for cell in notebook.cells[1:]:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            heading = next(iter(re.findall(r"^#+ (.+)$", cell.source, flags=re.MULTILINE)[-1:]), heading)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            number += 1
            parts.extend(_shown(output, f"{name}-{number}", heading, folder))
    (folder / f"{name}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    return f"{name}: {monotonic() - began:.0f} s"


def _shown(output: Any, name: str, heading: str, folder: Path) -> Iterator[str]:
    """One thing that a cell shows, in Markdown."""
    if output.output_type == "stream":
        if output.name == "stderr":
            raise SystemExit(f"{name} warns: {output.text}")
        yield f"```text\n{output.text.rstrip()}\n```"
        return
    kind = next((one for one in _KINDS if one in output.data), None)
    if kind is None:
        raise SystemExit(f"{name} shows something that has no place in a page: {list(output.data)}")
    shown = output.data[kind]
    if kind == "image/png":
        (folder / f"{name}.png").write_bytes(base64.b64decode(shown))
        yield f"![{heading}]({name}.png)"
    elif kind == "text/plain":
        if not shown.startswith("<Axes"):
            yield f"```text\n{shown}\n```"
    elif found := _MAP.search(shown):
        (folder / "maps").mkdir(exist_ok=True)
        page = unescape(found[1])
        (folder / "maps" / f"{name}.html").write_text(page, encoding="utf-8", newline="\n")
        yield (
            f"```{{raw}} html\n"
            f'<iframe class="gg-map" src="maps/{name}.html" title="{heading}" loading="lazy"></iframe>\n```'
        )
    else:
        yield f'```{{raw}} html\n<div class="gg-shown">{shown}</div>\n```'
