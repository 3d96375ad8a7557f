"""What goes wrong in real files: typing errors, gaps, impossible values, coordinates that are not right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]

#: Part of the rows without coordinates; only an address.
NO_COORDINATES = 0.17
_DUPLICATES = 0.012
_ABBREVIATIONS = (
    ("straat", "str."),
    ("laan", "ln"),
    ("plein", "pl."),
    ("Sint-", "St.-"),
    ("steenweg", "stwg."),
    ("Onze-Lieve-Vrouw", "O.L.V."),
)


def soil(rows: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Make clean rows look like a real file.

    Parameters
    ----------
    rows : pandas.DataFrame of str
        From one of the functions of :mod:`genk_geo.demo.suppliers`.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    rows : pandas.DataFrame
        Same index, with duplicates behind the rows that they repeat (their index occurs twice).
    spoiled : pandas.Series of bool
        Rows whose time or place was made impossible; index of the given rows.
    located : pandas.Series of bool
        Rows that still carry good coordinates; index of the given rows.
    """
    dirty = rows.astype(object)
    n = len(dirty)
    place = next(name for name in ("Straat", "Adres", "Plaats") if name in dirty.columns)
    _apply(dirty, place, rng.random(n) < 0.06, _abbreviated)
    _apply(dirty, place, rng.random(n) < 0.06, str.lower)
    _apply(dirty, place, rng.random(n) < 0.02, str.upper)
    typing = rng.random(n) < 0.03
    seeds = rng.integers(0, 2**31, n)
    dirty.loc[typing, place] = [
        _mistyped(text, int(seed)) for text, seed in zip(dirty.loc[typing, place], seeds[typing], strict=True)
    ]
    _without_number(dirty, place, rng.random(n) < 0.07)
    spoiled = _spoil_times(dirty, rng)
    located = _spoil_places(dirty, rng, spoiled)
    repeated = rng.random(n) < _DUPLICATES
    again = dirty[repeated].copy()
    _apply(again, place, rng.random(len(again)) < 0.5, str.upper)
    whole = pd.concat([dirty, again]).sort_index(kind="stable")
    return whole, pd.Series(spoiled, index=rows.index), pd.Series(located, index=rows.index)


def _apply(rows: pd.DataFrame, column: str, which: Mask, change: Callable[[str], str]) -> None:
    rows.loc[which, column] = [change(text) for text in rows.loc[which, column]]


def _abbreviated(text: str) -> str:
    for whole, short in _ABBREVIATIONS:
        if whole in text:
            return text.replace(whole, short, 1)
    return text


def _mistyped(text: str, seed: int) -> str:
    """Two letters turned round, one left out or one doubled, never the first."""
    letters = [i for i in range(1, len(text) - 1) if text[i].isalpha() and text[i + 1].isalpha()]
    if not letters:
        return text
    at, how = letters[seed % len(letters)], seed // 64 % 3
    if how == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + (text[at] * 2 if how == 1 else "") + text[at + 1 :]


def _without_number(rows: pd.DataFrame, place: str, which: Mask) -> None:
    if "Nr" in rows.columns:
        rows.loc[which, "Nr"] = ""
    else:
        bare = rows.loc[which, place].str.replace(r" (t\.h\.v\. nr\. )?\d+,", ",", regex=True, case=False)
        rows.loc[which, place] = bare


def _spoil_times(rows: pd.DataFrame, rng: np.random.Generator) -> Mask:
    """Impossible and missing dates, and windows written the wrong way round."""
    n = len(rows)
    spoiled = np.zeros(n, dtype=bool)
    dates = [name for name in ("Datum van", "Datum", "Vastgesteld op") if name in rows.columns]
    lot = rng.random(n)
    impossible, missing = lot < 0.002, (lot >= 0.002) & (lot < 0.003)
    if "Datum" in rows.columns or "Datum van" in rows.columns:
        rows.loc[missing, dates[0]] = ""
        spoiled |= missing
    rows.loc[impossible, dates[0]] = np.where(rng.random(n) < 0.5, "31/02/2025", "00/00/2024")[impossible]
    spoiled |= impossible
    if "Datum tot" in rows.columns:
        turn = (rng.random(n) < 0.01) & ~spoiled & (rows["Datum tot"] != "").to_numpy()
        turn &= (rows["Datum van"] + rows["Uur van"] != rows["Datum tot"] + rows["Uur tot"]).to_numpy()
        for one, other in (("Datum van", "Datum tot"), ("Uur van", "Uur tot")):
            begin = rows.loc[turn, one].to_numpy()
            rows.loc[turn, one] = rows.loc[turn, other].to_numpy()
            rows.loc[turn, other] = begin
        spoiled |= turn
    return spoiled


def _spoil_places(rows: pd.DataFrame, rng: np.random.Generator, spoiled: Mask) -> Mask:
    """Rows without coordinates, swapped ones, ones in another city; `spoiled` is brought up to date."""
    n = len(rows)
    x, y = ("X", "Y") if "X" in rows.columns else ("Lengtegraad", "Breedtegraad")
    lot = rng.random(n)
    absent, zero = lot < NO_COORDINATES - 0.003, (lot >= NO_COORDINATES - 0.003) & (lot < NO_COORDINATES)
    swapped, elsewhere = lot > 0.995, (lot > 0.992) & (lot <= 0.995)
    rows.loc[absent, [x, y]] = ""
    rows.loc[zero, [x, y]] = "0"
    rows.loc[swapped, [x, y]] = rows.loc[swapped, [y, x]].to_numpy()
    # The market place of another city: no supplier's area ends at the border.
    rows.loc[elsewhere, [x, y]] = ["218300,00", "180600,00"] if x == "X" else ["5,339000", "50,930000"]
    spoiled |= elsewhere
    if x == "X":  # metres the wrong way round fit no system; degrees the wrong way round are recognised
        spoiled |= swapped
    return ~(absent | zero | elsewhere | (swapped if x == "X" else False) | spoiled)
