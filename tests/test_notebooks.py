"""Notebooks run from top to bottom in steps of two lines, show something at each, and claim no figures.

The documentation runs each of them in a real kernel (`scripts/_docs_notebooks.py`); here their cells run in
this process, which has the libraries and the fictitious year at hand.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest

import genk_geo as gg
from genk_geo.show.offline_map import OfflineMap

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: Statements of a step, the import at the top left out.
MOST_STATEMENTS = 2
#: Dutch for what a result might say; "een" is an article first.
NUMBER_WORDS = {
    "nul", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf",
    "dertien", "twintig", "honderd", "duizend", "helft", "derde", "kwart", "dubbel", "dubbele", "tweemaal",
    "procent",
}  # fmt: skip
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


@pytest.fixture(scope="module", autouse=True)
def without_a_window():
    from matplotlib import pyplot as plt

    before = mpl.get_backend()
    plt.switch_backend("Agg")
    yield
    plt.switch_backend(before)


def run(source, names):
    """What a cell shows: its last expression, or what it prints."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, "cell", "exec"), names)
        found = None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return found if found is not None else printed.getvalue() or None


def test_there_are_six_in_their_order():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]


@each
def test_the_notebook_runs_and_ends_in_a_map_or_a_plot(path, monkeypatch):
    from matplotlib import pyplot as plt
    from matplotlib.axes import Axes

    monkeypatch.chdir(path.parent)  # as Jupyter does
    names: dict[str, object] = {}
    shown, before = [], set(path.parent.iterdir())
    for cell in cells(path, "code"):
        shown.append(run(cell.source, names))
        assert all(axes.has_data() for number in plt.get_fignums() for axes in plt.figure(number).axes)
        plt.close("all")
    assert isinstance(shown[-1], Axes | OfflineMap)
    assert sum(isinstance(one, Axes | OfflineMap) for one in shown) >= 2
    assert set(path.parent.iterdir()) == before


@each
def test_a_step_takes_two_lines_of_the_public_names(path):
    for cell in cells(path, "code"):
        body = ast.parse(cell.source).body
        imports = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom)]
        assert [ast.unparse(one) for one in imports] in ([], ["import genk_geo as gg"])
        assert len(body) - len(imports) <= MOST_STATEMENTS
    code = "\n".join(cell.source for cell in cells(path, "code"))
    for room, name in re.findall(r"\bgg(?:\.(stats|cpted|datasets))?\.(\w+)", code):
        assert name in getattr(gg, room).__all__ if room else name in gg.__all__


@each
def test_what_was_found_is_said_by_results_and_never_typed(path):
    """A figure in a text could contradict the table under it: none stands there, as digit or as word."""
    code = "\n".join(cell.source for cell in cells(path, "code"))
    for cell in cells(path, "markdown"):
        for quoted in re.findall(r"`([^`]+)`", cell.source):
            assert not re.search(r"\d", quoted) or quoted in code or quoted.startswith("genk-geo "), quoted
        prose = re.sub(r"`[^`]+`", "", cell.source)
        assert not re.findall(r"\d|%", prose), prose
        assert not set(re.findall(r"\w+", prose.lower())) & NUMBER_WORDS, prose


@each
def test_the_notebook_is_kept_without_outputs(path):
    found = cells(path, "code")
    assert found
    assert all(not cell.outputs and cell.execution_count is None for cell in found)
