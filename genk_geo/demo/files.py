"""Write the suppliers' files: separators, encodings and formats as they come in."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from genk_geo.demo.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

_DEGREES = ("Breedtegraad", "Lengtegraad")


def write_burglary(folder: Path, rows: pd.DataFrame, rng: np.random.Generator) -> tuple[Path, ...]:
    """One file of all years, in the encoding of older Windows programs."""
    path = folder / "politie_inbraken.csv"
    path.write_bytes(_csv(rows, rng).encode("cp1252"))
    return (path,)


def write_traffic(folder: Path, rows: pd.DataFrame, rng: np.random.Generator) -> tuple[Path, ...]:
    """One file of all years, UTF-8 with a byte order mark, as Excel saves it."""
    path = folder / "politie_verkeer.csv"
    path.write_bytes(_csv(rows, rng).encode("utf-8-sig"))
    return (path,)


def write_nuisance(folder: Path, rows: pd.DataFrame, rng: np.random.Generator) -> tuple[Path, ...]:
    """One file a year of reporting: a compressed CSV and an Excel workbook by turns."""
    year = rows["Gemeld op"].str.slice(6, 10)
    paths = []
    for number, (name, part) in enumerate(rows.groupby(year, sort=True)):
        if number % 2:
            path = folder / f"meldpunt_overlast_{name}.xlsx"
            write_workbook(path, part, sheet="Meldingen", numbers=_DEGREES)
        else:
            path = folder / f"meldpunt_overlast_{name}.csv.gz"
            path.write_bytes(gzip.compress(_csv(part, rng).encode("utf-8"), compresslevel=6, mtime=0))
        paths.append(path)
    return tuple(paths)


def _csv(rows: pd.DataFrame, rng: np.random.Generator) -> str:
    """Text of a file with `;` and Windows line ends, and an empty line here and there."""
    lines = rows.to_csv(sep=";", index=False, lineterminator="\r\n").splitlines(keepends=True)
    for at in sorted(rng.integers(1, len(lines), 3).tolist(), reverse=True):
        lines.insert(at, "\r\n")
    return "".join(lines)
