"""Accuracy by kind of noise and speed of the geocoder, against rapidfuzz `extractOne` on the same input.

``python benchmarks/geocode.py --out table.md`` (all streets), ``--quick`` for a sample.
"""

from __future__ import annotations

import argparse
import random
import string
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rapidfuzz import fuzz, process, utils

from genk_geo import City
from genk_geo.geocoding import geocode

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT = (("straat", "str."), ("laan", "ln."), ("steenweg", "stwg."), ("plein", "pl."), ("Sint-", "St.-"),
         ("Burgemeester", "Burg."), ("Pastoor", "Past."), ("Koningin", "Kon."))  # fmt: skip
ELSEWHERE = Path(__file__).parents[1] / "tests" / "geocoding" / "streets_elsewhere.csv"
#: extractOne takes a name from this likeness on, the usual choice.
CUTOFF = 85


def typo(name: str, draw: random.Random) -> str:
    while True:
        at, letter = draw.randrange(len(name)), draw.choice(string.ascii_lowercase)
        made = draw.choice(
            (
                name[:at] + letter + name[at + 1 :],
                name[:at] + letter + name[at:],
                name[:at] + name[at + 1 :],
                name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
            )
        )
        if made.lower() != name.lower():
            return made


def abbreviated(name: str, _: random.Random) -> str:
    for full, short in SHORT:
        name = name.replace(full, short) if name.startswith(full) or name.endswith(full) else name
    return name


def turned(name: str, _: random.Random) -> str:
    kind = next((full for full, _ in SHORT[:4] if name.endswith(full) and len(name) > len(full)), "")
    return f"{kind} {name.removesuffix(kind)}".strip() if kind else name


NOISE: dict[str, Callable[[str, random.Random], str]] = {
    "as written": lambda name, _: name,
    "capitals": lambda name, _: name.upper(),
    "no spaces": lambda name, _: name.replace(" ", ""),
    "one typo": typo,
    "two typos": lambda name, draw: typo(typo(name, draw), draw),
    "abbreviated": abbreviated,
    "abbreviated, one typo": lambda name, draw: typo(abbreviated(name, draw), draw),
    "turned": turned,
    "turned, one typo": lambda name, draw: typo(turned(name, draw), draw),
}


def plain_rapidfuzz(texts: list[str], streets: list[str]) -> list[str]:
    found = (
        process.extractOne(
            text, streets, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=CUTOFF
        )
        for text in texts
    )
    return ["" if one is None else one[0] for one in found]


def measured(
    name: str, texts: list[str], truth: list[str], city: City, streets: list[str]
) -> dict[str, object]:
    frame = pd.DataFrame({"address": texts})
    start = time.process_time()  # of all threads: what one core would take
    ours = geocode(frame, city)["matched_street"].tolist()
    own_s = max(time.process_time() - start, 1e-9)
    start = time.process_time()
    other = plain_rapidfuzz([text.rsplit(" ", 1)[0] for text in texts], streets)
    other_s = max(time.process_time() - start, 1e-9)
    row: dict[str, object] = {"noise": name, "strings": len(texts)}
    for who, answers, seconds in (("genk_geo", ours, own_s), ("rapidfuzz", other, other_s)):
        right = sum(found == wanted for found, wanted in zip(answers, truth, strict=True))
        wrong = sum(found not in ("", wanted) for found, wanted in zip(answers, truth, strict=True))
        row |= {
            f"{who} right": f"{right / len(texts):.2%}",
            f"{who} wrong": f"{wrong / len(texts):.2%}",
            f"{who} rows/s": f"{len(texts) / seconds:,.0f}",
        }
    row["times as fast"] = f"{other_s / own_s:.0f}"
    return row


def table(*, quick: bool, seed: int) -> pd.DataFrame:
    city, draw = City.load(), random.Random(seed)  # noqa: S311 # noise, not secrets
    streets = sorted(city.streets["street"])
    geocode(pd.DataFrame({"address": ["Europalan 1", "Europalaan 1"]}), city)  # compiles and builds the index
    asked = streets[::40] if quick else streets * 10
    rows = []
    for name, noise in NOISE.items():
        texts = [f"{noise(street, draw)} {draw.randint(1, 60)}" for street in asked]
        rows.append(measured(name, texts, asked, city, streets))
    elsewhere = pd.read_csv(ELSEWHERE)["street"].tolist()[:: 40 if quick else 1]
    rows.append(
        measured(
            "street of elsewhere", [f"{name} 1" for name in elsewhere], [""] * len(elsewhere), city, streets
        )
    )
    return pd.DataFrame(rows)


def markdown(found: pd.DataFrame) -> str:
    lines = ["| " + " | ".join(found.columns) + " |", "|" + "---|" * len(found.columns)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in found.itertuples(index=False)]
    return "\n".join(lines) + "\n"


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--out", type=Path)
    reader.add_argument("--quick", action="store_true")
    reader.add_argument("--seed", type=int, default=71016)
    told = reader.parse_args()
    text = markdown(table(quick=told.quick, seed=told.seed))
    if told.out is not None:
        told.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
