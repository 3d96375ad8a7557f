"""A first profile for a file that nobody described, from the names in its header."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from genk_geo.ingestion.reading.header import comparison_key
from genk_geo.ingestion.reading.readers import read_raw

if TYPE_CHECKING:
    from collections.abc import Sequence


# Below this likeness (0 to 100) a name is not proposed for a field.
_LEAST = 82.0


def propose_profile(path: Path | str) -> str:
    """Propose a profile for a file from its header.

    Parameters
    ----------
    path : path-like
        A supplier's file.

    Returns
    -------
    str
        TOML to save, mend and use. Columns that fit no field are named in a comment and are not read.

    Raises
    ------
    SupplierFileError
        If the file cannot be read.
    """
    file = Path(path)
    raw = read_raw(file, expected=[name for names in _synonyms().values() for name in names])
    names = [str(name) for name in raw.frame.columns]
    found = _assigned(names)
    unused = [name for name in names if not any(name in columns for columns in found.values())]
    lines = [
        f"# Proposed from the header of {_comment(file.name)}: check every line before use.",
        f"source = {_quoted(_source(file))}",
        f"theme = {_quoted(_theme(found))}",
        "coordinate_uncertainty_m = 10",
        "",
        "[columns]",
    ]
    for field, columns in found.items():
        value = _quoted(columns[0]) if len(columns) == 1 else f"[{', '.join(map(_quoted, columns))}]"
        lines.append(f"{field} = {value}")
    if raw.points is not None:
        lines.append("# x and y are the file's own geometry")
        lines += [f'{axis} = "{axis}"' for axis in ("x", "y") if axis not in found]
    lines += _advice(found, located=raw.points is not None)
    if unused:
        lines += ["", f"# not read: {', '.join(_comment(name) for name in unused)}"]
    if "category" in found:
        values = raw.frame[found["category"][0]].str.strip().value_counts()
        lines += ["", "# our word = the supplier's words; the file has:"]
        lines += [
            f"#   {_comment(str(value))} ({count} x)" for value, count in values.head(15).items() if value
        ]
        lines += ["[categories]"]
    if "severity" in found:
        lines += ["", "# fatal, serious, light, material = the supplier's words", "[severities]"]
    return "\n".join(lines) + "\n"


@cache
def _synonyms() -> dict[str, list[str]]:
    """Field -> words that suppliers use for it."""
    return tomllib.loads(
        (resources.files("genk_geo.ingestion.profiles") / "synonyms.toml").read_text(encoding="utf-8")
    )


def _assigned(names: Sequence[str]) -> dict[str, list[str]]:
    """Best pairs of field and column first, each column once; weak road users take several columns."""
    scores = sorted(
        (
            (_likeness(name, words), -order, -position, field, name)
            for order, (field, words) in enumerate(_synonyms().items())
            for position, name in enumerate(names)
        ),
        reverse=True,
    )
    found: dict[str, list[str]] = {}
    used: set[str] = set()
    for score, _, _, field, name in scores:
        if score < _LEAST or name in used or (field in found and field != "weak_road_user"):
            continue
        found.setdefault(field, []).append(name)
        used.add(name)
    return {field: found[field] for field in _synonyms() if field in found}


def _likeness(name: str, words: Sequence[str]) -> float:
    key = comparison_key(name)
    if not key:
        return 0.0
    best = 0.0
    for position, word in enumerate(words):
        other = comparison_key(word)
        # short names agree by chance: they must be equal
        score = fuzz.ratio(key, other) if min(len(key), len(other)) > 3 else 100.0 * (key == other)
        best = max(best, score - 0.01 * position)
    return best


def _advice(found: dict[str, list[str]], *, located: bool) -> list[str]:
    advice = []
    if "from_date" not in found and not {"year", "month"} <= set(found):
        advice.append("# from_date = ...   no column looks like the date: name it")
    if not (located or {"x", "y"} <= set(found) or "address" in found or "street" in found):
        advice.append("# x, y or street or address = ...   no column looks like the place: name it")
    if "source_id" not in found:
        advice.append("# source_id = ...   without a number of the report equal rows are taken for one")
    return advice


def _theme(found: dict[str, list[str]]) -> str:
    if "severity" in found or "weak_road_user" in found:
        return "traffic"
    return "burglary" if "to_date" in found else "nuisance"


def _source(file: Path) -> str:
    return re.sub(r"[\W\d_]+", "-", file.name.split(".")[0]).strip("-").lower() or "supplier"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)[:80]
