"""Pages of the documentation that say what the code says: made from the models, the commands and the imports.

They are made when the documentation is built and are not kept, so that none of them can be out of date.
"""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from html import escape
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "genk_geo"


def pages() -> dict[str, str]:
    """Every made page, by the name of its file."""
    return {
        "settings.md": settings_page(),
        "profile.md": profile_page(),
        "commands.md": commands_page(),
        "tables.md": tables_page(),
        "api.md": api_page(),
        "architecture.md": architecture_page(),
        "rooms.svg": rooms_picture(),
        "decisions.md": decisions_page(),
        "sources.md": sources_page(),
        "changelog.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        "truth.txt": truth_part(),
    }


# Settings and profiles: every key of the models


def settings_page() -> str:
    """Every key of ``genk-geo.toml``."""
    from genk_geo.config import Settings

    intro = (
        "# Settings\n\nEvery key of `genk-geo.toml`, with its type, what counts where it is absent, and an "
        "example. Unknown keys are refused. Relative paths count from the folder of the file. Taken from the "
        "models that check the file.\n\n"
    )
    return intro + _model(Settings, "", "the file itself", set())


def profile_page() -> str:
    """Every key of a supplier's profile."""
    from genk_geo.ingestion.profiles.profile import Profile, shipped_profiles

    shipped = ", ".join(f"`{name}`" for name in shipped_profiles())
    intro = (
        "# Profile of a supplier\n\nHow one supplier's columns become incidents: a TOML file that you name "
        f"as `profile` of a `[[sources]]`. Shipped are {shipped}; copy one and adapt it.\n\n"
    )
    return intro + _model(Profile, "", "the file itself", set())


def _model(model: Any, path: str, title: str, seen: set[Any]) -> str:
    """A table of the keys of a model, and those of the models in it."""
    rows, inner = [], []
    for name, field in model.model_fields.items():
        nested, many = _nested(field.annotation)
        key = f"{path}.{name}" if path else name
        if nested is not None:
            heading = {"table": f"[{key}]", "list": f"[[{key}]]", "named": f"[{key}.NAME]"}[many]
            inner.append((nested, key if many != "named" else f"{key}.NAME", heading))
        rows.append(
            f"| `{name}` | {_type(field.annotation, field.metadata)} | {_default(field)} "
            f"| {_cell(field.description or '')} | `{_example(name, field, many if nested else '')}` |"
        )
    table = "\n".join(["| key | type | default | what it says | example |", "|---|---|---|---|---|", *rows])
    doc = inspect.cleandoc(model.__doc__ or "").split("\n\n")[0].replace("``", "`")
    text = f"## {title if title.startswith('the') else f'`{title}`'}\n\n{doc}\n\n{table}\n\n"
    for nested, key, heading in inner:
        if nested not in seen:
            seen.add(nested)
            text += _model(nested, key, heading, seen)
    return text


def _nested(annotation: Any) -> tuple[Any, str]:
    """The model within an annotation, and whether it stands there once, in a list or by name."""
    from pydantic import BaseModel

    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation, "table"
    many = {tuple: "list", dict: "named"}.get(get_origin(annotation), "table")
    for part in get_args(annotation):
        found, inner = _nested(part)
        if found is not None:
            return found, inner if many == "table" else many
    return None, "table"


def _type(annotation: Any, metadata: Any = ()) -> str:
    origin = get_origin(annotation)
    if annotation is type(None):
        return "absent"
    if origin is Annotated:
        return _type(get_args(annotation)[0], get_args(annotation)[1:])
    if origin is Literal:
        text = " or ".join(f"`{one}`" for one in get_args(annotation))
    elif origin is tuple:
        text = f"list of {_type(get_args(annotation)[0])}"
    elif origin is dict:
        text = f"table of {_type(get_args(annotation)[1])}"
    elif get_args(annotation):
        text = " or ".join(_type(part) for part in get_args(annotation))
    else:
        name = getattr(annotation, "__name__", str(annotation))
        words = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}
        words |= {"Path": "path", "datetime": "moment", "date": "day"}
        text = words.get(name, f"table `{name}`")
    limits = [
        f"{sign} {getattr(one, name)}"
        for one in metadata
        for name, sign in (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below"))
        if getattr(one, name, None) is not None
    ]
    return f"{text}, {', '.join(limits)}" if limits else text


def _default(field: Any) -> str:
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "absent"
    if hasattr(type(value), "model_fields") or (
        isinstance(value, tuple) and value and hasattr(type(value[0]), "model_fields")
    ):
        return "see below"
    if isinstance(value, dict):
        return "see below" if value else "empty"
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, int | float):
        return f"{value}"
    return f'"{value}"'


def _example(name: str, field: Any, many: str) -> str:
    """A line that could stand in the file."""
    if many == "list":
        return f"[[{name}]]"
    if many:
        return f"[{name}]"
    value = None if field.is_required() else field.get_default(call_default_factory=True)
    if value not in (None, "", (), {}):
        return f"{name} = {_toml(value)}"
    text = _type(field.annotation, ())
    kinds = {
        "list": '["..."]',
        "table": '{ word = ["..."] }',
        "path": '"file.gpkg"',
        "whole": "1",
        "number": "1.0",
    }
    kinds |= {
        "true": "true",
        "moment": "2026-11-16T00:00:00",
        "`": f'"{text.split("`")[1]}"' if "`" in text else '""',
    }
    for sign, example in kinds.items():
        if text.startswith(sign):
            return f"{name} = {example}"
    return f'{name} = "..."'


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# Commands


def commands() -> dict[str, Any]:
    """Every command by the words that call it."""
    import typer.main

    from genk_geo.cli import app

    found: dict[str, Any] = {}

    def walk(command: Any, words: str) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found[words] = command
            return
        for name, one in inner.items():
            walk(one, f"{words} {name}")

    walk(typer.main.get_command(app), "genk-geo")
    return found


def commands_page() -> str:
    """What ``--help`` says of every command."""
    text = ["# Commands\n", "What `--help` says of each, taken from the program.\n"]
    for words, command in sorted(commands().items()):
        context = command.make_context(
            words, [], resilient_parsing=True, terminal_width=100, max_content_width=100
        )
        text.append(f"## {words}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(text)


# Tables


def tables_page() -> str:
    """Every column of every contract."""
    from genk_geo import schema

    text = [
        "# Tables\n",
        "What passes between rooms, and is checked at their doors. More columns may stand beside.\n",
    ]
    for name, contract in schema._contracts().items():  # noqa: SLF001 - the one place that says it
        rows = [
            f"| `{column}` | {'yes' if spec.nullable else 'no'} "
            f"| {_cell('; '.join(_rule(rule.name) for rule in spec.rules))} |"
            for column, spec in contract.items()
        ]
        text.append(
            f"## {name}\n\n| column | may be missing | must be |\n|---|---|---|\n" + "\n".join(rows) + "\n"
        )
    reasons = "\n".join(f"| `{key}` | {told} |" for key, told in schema.REJECT_REASONS.items())
    text.append(f"## Reasons of rejects\n\n| reason | what it says |\n|---|---|\n{reasons}\n")
    return "\n".join(text)


def _rule(name: str) -> str:
    """A rule of a contract in words: ``in_range(0, 1)`` is between 0 and 1."""
    kind, bracket, values = name.removeprefix("must be ").partition("(")
    if not bracket:
        return kind
    if kind == "isin":
        return "one of " + ", ".join(map(str, ast.literal_eval(values.removesuffix(")"))))
    signs = {"greater_than_or_equal_to": "at least", "greater_than": "above", "in_range": "between"}
    return f"{signs[kind]} {' and '.join(values.removesuffix(')').split(', '))}"


# The API, by question


def questions() -> dict[str, list[str]]:
    """Public names of ``gg.stats`` by the question that they answer, as its source has them."""
    text = (PACKAGE / "stats" / "__init__.py").read_text(encoding="utf-8")
    lists = re.findall(r"^# ([^\n]+)\n__all__ \+?= \[(.*?)\]", text, flags=re.MULTILINE | re.DOTALL)
    return {question: re.findall(r'"(\w+)"', names) for question, names in lists}


def public() -> dict[str, list[str]]:
    """Every public name, by the heading under which it stands."""
    import genk_geo as gg

    rooms = ("stats", "cpted", "datasets", "__version__")
    found = {"genk_geo": [name for name in gg.__all__ if name not in rooms]}
    found |= {f"genk_geo.stats: {question}": names for question, names in questions().items()}
    found["genk_geo.cpted"] = list(gg.cpted.__all__)
    found["genk_geo.datasets"] = list(gg.datasets.__all__)
    return found


def api_page() -> str:
    """Every public name with its docstring and example."""
    import genk_geo as gg

    text = [
        "# Python\n",
        "Results show themselves: `repr`, a table in a notebook, `.plot()`, `.explore()`, `.to_gdf()`.\n",
    ]
    for heading, names in public().items():
        room = heading.split(":")[0]
        holder = gg
        for part in room.split(".")[1:]:
            holder = getattr(holder, part)
        text.append(f"## {heading}\n\n```{{eval-rst}}")
        for name in names:
            value = getattr(holder, name)
            if not (inspect.isclass(value) or inspect.isroutine(value)) or hasattr(value, "__origin__"):
                text += [f".. py:data:: {room}.{name}", ""]
                continue
            kind = "autoclass" if inspect.isclass(value) else "autofunction"
            text += [f".. {kind}:: {room}.{name}"]
            if kind == "autoclass":
                # fields of a named tuple are told in the list of attributes of its class
                fields = ", ".join(getattr(value, "_fields", ()))
                text += ["   :members:", *([f"   :exclude-members: {fields}"] if fields else [])]
            text.append("")
        text.append("```\n")
    return "\n".join(text)


# The house, from its real imports


def room_imports() -> dict[str, dict[str, int]]:
    """How many imports go from each room to each other."""
    found: dict[str, dict[str, int]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        room = parts[0]
        if room.startswith("__"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                other = (name or "").split(".")
                if other[0] == "genk_geo" and len(other) > 1 and other[1] != room:
                    row = found.setdefault(room, {})
                    row[other[1]] = row.get(other[1], 0) + 1
    return found


def layers() -> list[list[str]]:
    """The rooms from the roof to the ground, as the checked contract has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (first, *_) = settings["tool"]["importlinter"]["contracts"]
    return [[name.strip().split(".")[1] for name in layer.split("|")] for layer in first["layers"]]


def rooms_picture() -> str:
    """The rooms and the imports between them, as SVG."""
    width, height, step = 900, 34, 62
    house = layers()
    place: dict[str, tuple[float, float]] = {}
    for row, rooms in enumerate(house):
        for column, room in enumerate(rooms):
            # every other layer stands aside, so that lines do not pass through the boxes between
            shift = (row % 3 - 1) * 190
            place[room] = (width / 2 + shift + (column - (len(rooms) - 1) / 2) * 150, 30 + row * step)
    lines, boxes = [], []
    for room, others in room_imports().items():
        for other, times in others.items():
            if room in place and other in place:
                (x1, y1), (x2, y2) = place[room], place[other]
                stroke = min(0.6 + times / 12, 5)
                title = f"<title>{room} imports {other} {times} times</title>"
                lines.append(
                    f'<line x1="{x1:g}" y1="{y1 + height / 2:g}" x2="{x2:g}" y2="{y2 - height / 2:g}" '
                    f'stroke="#1b4f80" stroke-opacity=".35" stroke-width="{stroke:.1f}">{title}</line>'
                )
    for room, (x, y) in place.items():
        boxes.append(
            f'<rect x="{x - 65:g}" y="{y - height / 2:g}" width="130" height="{height}" rx="6" fill="#fff" '
            f'stroke="#1b4f80"/><text x="{x:g}" y="{y + 5:g}" text-anchor="middle">{escape(room)}</text>'
        )
    total = 60 + step * len(house)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {total}" font-family="sans-serif" '
        f'font-size="15">{"".join(lines)}{"".join(boxes)}</svg>\n'
    )


def architecture_page() -> str:
    """The rooms of the house, and the picture of their imports."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    house = text[text.index("## The house") : text.index("## Adding a finding")]
    picture = (
        "![Rooms and the imports between them](rooms.svg)\n\nMade from the imports as they stand: a line for "
        "each pair of rooms, thicker where more modules import. All lines go down.\n\n"
    )
    return (
        "# Architecture\n\n"
        + picture
        + house
        + text[text.index("## Adding a finding") : text.index("## Decisions")]
    )


def decisions_page() -> str:
    """What was decided and why."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return "# Decisions\n\n" + text[text.index("## Decisions") : text.index("## Habits")].replace(
        "## Decisions\n", ""
    )


def truth_part() -> str:
    """The tables of the bench of true maps, as the bench wrote them; the page on methods includes them."""
    text = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    return text[text.index("<!-- truth -->") : text.index("<!-- end of truth -->")].partition("\n")[2]


def sources_page() -> str:
    """Origin and licence of all data that comes with the package."""
    told = tomllib.loads((PACKAGE / "reference" / "embedded" / "SOURCES.toml").read_text(encoding="utf-8"))
    rows = [
        f"| `{name}` | {_cell(one['origin'])} | {_cell(one['licence'])} | {one['date']} |"
        for name, one in told.items()
    ]
    head = "| file | origin | licence | date |\n|---|---|---|---|\n"
    own = "\n\nThe software is under the MIT licence; fictitious data of the demo belongs to nobody.\n"
    return "# Data sources and licences\n\n" + head + "\n".join(rows) + own
