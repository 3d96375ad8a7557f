"""Errors in the reader's language: each template has its Dutch, with the same places to fill in."""

import ast
import copy
import pickle
import tomllib
from string import Formatter

import pytest

from genk_geo import errors
from genk_geo.config.reading import KINDS
from genk_geo.errors import (
    ConfigError,
    GenkGeoError,
    Message,
    NoRowsError,
    all_of,
    in_a_row,
    one_of,
    some_rows,
)
from genk_geo.render.words.texts import Texts
from genk_geo.render.words.told import told_in

#: Arguments of an error that are no values of its template.
OWN = {"NoRowsError": {"names"}, "MissingColumnsError": {"needed"}}
#: Here messages are made of what others hand in.
MAKERS = {"errors.py", "reading.py"}
#: Errors whose words stand in texts_*.toml under a key of their own.
KEYED = "OfficialError"


def family(files):
    """Names of the errors of the package, and of those that have texts of their own."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for nodes in files.values()
        for node in nodes
        if isinstance(node, ast.ClassDef)
    }

    def below(root):
        found = {root}
        while more := {name for name, of in bases.items() if of & found} - found:
            found |= more
        return found

    return below("GenkGeoError"), below(KEYED)


def places(template):
    """What is filled in, and how it is written."""
    return {(name, sign or "", form or "") for _, name, form, sign in Formatter().parse(template) if name}


class Sites:
    """Where errors and messages are made: their templates, and what is wrong with how they are made."""

    def __init__(self, root):
        files = sorted((root / "genk_geo").rglob("*.py"))
        # Each tree is walked once: to walk takes longer than to look.
        self.nodes = {file: list(ast.walk(ast.parse(file.read_text(encoding="utf-8")))) for file in files}
        named, self.keyed = family(self.nodes)
        self.makers = {
            node.name
            for nodes in self.nodes.values()
            for node in nodes
            if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "Message"
        }
        self.named = (named - self.keyed - {"GateError"}) | {"Message"}
        self.templates, self.faults = {}, []
        for file, nodes in self.nodes.items():
            self._look_through(file, nodes, root)

    def _look_through(self, file, nodes, root):
        inits = {
            id(call)
            for node in nodes
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and node.name not in self.keyed
            for call in ast.walk(node)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__" and call.args
        }
        raised = {id(node.exc) for node in nodes if isinstance(node, ast.Raise)}
        for node in nodes:
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in self.named or id(node) in inits or (name == "error" and id(node) in raised):
                self._note(node, f"{file.relative_to(root)}:{node.lineno}", file.name)

    def _note(self, call, where, file):
        first = call.args[0]
        for one in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            if isinstance(one, ast.Constant):
                if one.value:
                    self.templates.setdefault(one.value, where)
                self._check_values(call, one.value, where)
            elif file not in MAKERS and not self._ready(one):
                self.faults.append(
                    f"{where}: {ast.unparse(one)[:80]}: write the template as a plain text and give its "
                    'values by name, ConfigError("{path} is a file.", path=path), or hand over a Message.'
                )

    def _check_values(self, call, template, where):
        own = OWN.get(getattr(call.func, "id", ""), set())
        given = {keyword.arg for keyword in call.keywords} - own
        filled = {name for name, _, _ in places(template)} if given else set()
        if None not in given and given != filled:
            self.faults.append(f"{where}: the template fills in {sorted(filled)}, given are {sorted(given)}.")
        if not given and "{" in template and "}" in template and places(template):
            self.faults.append(f"{where}: the template has places to fill in and no values are given.")

    def _ready(self, node):
        """A message that somebody else made, or a sentence that is in the reader's language already."""
        if isinstance(node, ast.Attribute):
            return node.attr == "message"
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            return called in self.makers | {"texts", "in_words"}
        return False


@pytest.fixture(scope="module")
def sites(root):
    return Sites(root)


@pytest.fixture(scope="module")
def dutch(root):
    file = root / "genk_geo" / "render" / "words" / "errors_nl.toml"
    pairs = [pair for room in tomllib.loads(file.read_text(encoding="utf-8")).values() for pair in room]
    told = {pair["en"]: pair["nl"] for pair in pairs}
    assert len(told) == len(pairs), "a template stands twice in errors_nl.toml"
    return told


def test_errors_are_written_as_a_template_and_values(sites):
    assert len(sites.templates) > 500
    assert not sites.faults, "\n".join(sites.faults)


def test_every_error_has_its_dutch_and_no_dutch_is_left_over(sites, dutch):
    wanted = dict(sites.templates) | dict.fromkeys(KINDS.values(), "config/reading.py")
    missing = [
        f'{where}\n[[room]]\nen = "{text}"\nnl = "..."' for text, where in wanted.items() if text not in dutch
    ]
    assert not missing, (
        "Add the Dutch to genk_geo/render/words/errors_nl.toml, under the room (the folder below genk_geo), "
        "with the same {places}:\n\n" + "\n\n".join(missing)
    )
    over = sorted(dutch.keys() - wanted.keys())
    assert not over, "No code says this any more; take it out of errors_nl.toml:\n" + "\n".join(over)


def test_the_dutch_fills_in_what_the_english_does(dutch):
    wrong = [text for text, told in dutch.items() if places(text) != places(told)]
    assert not wrong, "Other places to fill in than in the English:\n" + "\n".join(wrong)
    assert not [text for text, told in dutch.items() if text[:1].isspace() != told[:1].isspace()]


def test_a_value_is_never_read_as_a_template():
    fault = ConfigError("{path} is a file. Give a folder.", path="{a}{0!r}.csv")
    assert str(fault) == "{a}{0!r}.csv is a file. Give a folder."
    assert told_in("nl", fault) == "{a}{0!r}.csv is een bestand. Geef een map."
    assert str(ConfigError("as it is: {here}")) == "as it is: {here}"


def test_messages_inside_messages_are_told_too():
    rows = some_rows(range(8))
    template = "{what}: {path} does not exist. Give the path of an existing file."
    fault = ConfigError(template, what=Message("The file"), path=rows)
    assert str(fault).startswith("The file: 0, 1, 2, 3, 4 and 3 more does")
    assert told_in("nl", fault).startswith("Het bestand: 0, 1, 2, 3, 4 en nog 3 bestaat niet.")
    around = ConfigError("{reason} Or give its EPSG code in the settings (areas_crs).", reason=fault)
    assert told_in("nl", around).startswith("Het bestand: 0, 1, 2, 3, 4 en nog 3 bestaat niet.")
    assert str(around).startswith("The file: ")
    assert told_in("nl", all_of(["a", "b", "c"])) == "a en b en c"
    assert told_in("nl", in_a_row([one_of(["x", "y"]), "z"])) == "x of y; z"


def test_numbers_are_written_as_the_reader_does():
    template = "HDBSCAN of {count:,} points takes minutes, needed at most {max_hdbscan:,}. Use dbscan."
    fault = ConfigError(template, count=1_200_000, max_hdbscan=5000)
    assert "1,200,000" in str(fault)
    assert "1.200.000" in told_in("nl", fault)


def test_a_fault_stays_itself_in_another_process():
    fault = NoRowsError("{path} is a file. Give a folder.", names=("a",), path="x")
    other = pickle.loads(pickle.dumps(fault))
    assert (str(other), other.names, told_in("nl", other)) == (str(fault), ("a",), told_in("nl", fault))
    assert copy.deepcopy(fault.message) is fault.message


def test_what_others_say_stays_as_it_is():
    for said in (OSError("no space"), "a line\nof text", ConfigError("never in the catalogue {x}", x=1)):
        assert told_in("nl", said) == told_in("en", said) == " ".join(str(said).split())
    # of a foreign fault only its text is kept: not each of them can be sent to another process
    assert isinstance(ConfigError("{reason}.", reason=OSError("x")).message.values["reason"], str)


def test_sentences_tell_the_errors_in_them():
    reason = GenkGeoError("{path} is a file. Give a folder.", path="x").message
    assert "Geef een map." in Texts("nl")("inbox.why_unreadable", reason=reason)
    assert "Give a folder." in Texts("en")("inbox.why_unreadable", reason=reason)


def test_an_error_without_words_says_so_in_one_line():
    assert str(errors.ConfigError("two\n lines\x1b[31m")) == "two lines[31m"
