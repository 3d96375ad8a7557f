"""The house keeps its order: no circle among its modules, none too long, no room with too many in one row."""

from __future__ import annotations

import ast
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "genk_geo"
MOST_LINES = 400
MOST_MODULES = 15

Graph = dict[str, set[str]]


def modules_of(package: Path) -> dict[str, Path]:
    """Every module under its dotted name; a package is the module of its ``__init__``."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def import_graph(package: Path) -> Graph:
    """What each module imports of the package, inside functions and by name too.

    Imports under ``TYPE_CHECKING`` do not count: they never run. That importing ``a.b`` runs ``a`` before it
    does not count either, or a package could not import what lies in it.
    """
    modules = modules_of(package)
    graph = {}
    for name, file in modules.items():
        home = name if file.name == "__init__.py" else name.rpartition(".")[0]
        finder = Imports(name, home, modules)
        finder.visit(ast.parse(file.read_text(encoding="utf-8"), str(file)))
        graph[name] = finder.found
    return graph


class Imports(ast.NodeVisitor):
    """Modules of the package that the module `name` imports; `home` is the package in which it lies."""

    def __init__(self, name: str, home: str, modules: dict[str, Path]) -> None:
        self._name = name
        self._home = home
        self._modules = modules
        self._texts: set[str] = set()
        self._by_name = False
        self._imported: set[str] = set()

    @property
    def found(self) -> set[str]:
        """A text that names another module is an import where the module imports by name."""
        named = self._texts - {self._name} if self._by_name else set()
        return (self._imported | named) & self._modules.keys()

    def visit_If(self, node: ast.If) -> None:
        passed_over = node.body if ast.unparse(node.test).endswith("TYPE_CHECKING") else []
        for child in ast.iter_child_nodes(node):
            if child not in passed_over:
                self.visit(child)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._imported.add(alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        above = self._home.split(".")[: len(self._home.split(".")) + 1 - node.level] if node.level else []
        source = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:
            inner = f"{source}.{alias.name}"
            self._imported.add(inner if inner in self._modules else source)

    def visit_Name(self, node: ast.Name) -> None:
        self._notice(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._notice(node.attr)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._texts.add(node.value)

    def _notice(self, name: str) -> None:
        self._by_name = self._by_name or name in {"import_module", "__import__"}


def circle(graph: Graph) -> list[str]:
    """One way from a module back to itself, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


@pytest.fixture(scope="module")
def graph():
    return import_graph(PACKAGE)


def test_no_module_imports_itself_by_way_of_others(graph):
    assert circle(graph) == []
    # The graph was read: an import at the top, one inside a function and one by name.
    assert "genk_geo.reference.city" in graph["genk_geo.reference.load"]
    assert "genk_geo.reference.city" in graph["genk_geo.reference.streets.street_network"]
    assert "genk_geo.reference.load" in graph["genk_geo.reference"]


def test_no_module_is_too_long():
    lines = {
        name: len(file.read_text(encoding="utf-8").splitlines()) for name, file in modules_of(PACKAGE).items()
    }
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_folder_holds_too_many_modules():
    held = Counter(file.parent.relative_to(PACKAGE.parent).as_posix() for file in PACKAGE.rglob("*.py"))
    assert {folder: count for folder, count in held.items() if count > MOST_MODULES} == {}


@pytest.fixture
def planted(tmp_path):
    """Find the circle in a package ``p`` of two modules, given the text of each."""

    def find(text_of_a: str, text_of_b: str) -> list[str]:
        package = tmp_path / "p"
        package.mkdir()
        for name, text in {"__init__": "", "a": text_of_a, "b": text_of_b}.items():
            (package / f"{name}.py").write_text(text, encoding="utf-8")
        return circle(import_graph(package))

    return find


@pytest.mark.parametrize(
    "text",
    [
        "import p.a",
        "from p import a",
        "from p.a import value",
        "from . import a",
        "from .a import value",
        "def later():\n    from p.a import value",
        "class Later:\n    def __init__(self):\n        import p.a",
        "if TYPE_CHECKING:\n    value = None\nelse:\n    from p.a import value",
        "try:\n    from p.a import value\nexcept ImportError:\n    value = None",
        "from importlib import import_module\nimport_module('p.a')",
        "import importlib\nPLACES = {'value': 'p.a'}\nimportlib.import_module(PLACES['value'])",
    ],
)
def test_a_circle_is_found_however_it_is_written(planted, text):
    assert set(planted("from p.b import other", text)) == {"p.a", "p.b"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import a",
        "from q.p import a",
        "PLACE = 'p.a'",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import value",
        "import typing\nif typing.TYPE_CHECKING:\n    import p.a",
    ],
)
def test_what_never_runs_makes_no_circle(planted, text):
    assert planted("from p.b import other", text) == []
