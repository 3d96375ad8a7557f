"""What happened: the supplier's words to the categories of a theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import Message, SupplierFileError
from genk_geo.ingestion.coordinates import read_numbers
from genk_geo.ingestion.rows import Rows
from genk_geo.ingestion.values import mapped, matches_any

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.ingestion.profiles.profile import Profile
    from genk_geo.ingestion.rows import Faults


# Words for anything else, which any profile may meet.
_OTHER = ("*ander*", "*overig*", "*other*", "*autre*", "*divers*")
# So many rows without one familiar word are no accident.
_TELLING = 3
# So many unknown categories are named in a warning, and kept in the report of the file, cut to a length: what
# stands in a column of kinds may be free text all the same.
_NAMED, _KEPT, _LONGEST = 5, 20, 40
# Between road users that stand in one field.
_BETWEEN = r"[;,/|+&]"


def read_kinds(
    rows: Rows, profile: Profile, faults: Faults, warnings: list[str], unmapped: dict[str, int]
) -> pd.DataFrame:
    """Read theme, category, severity, weak road user and weight of all rows.

    Parameters
    ----------
    rows : Rows
        Text of the file.
    profile : Profile
        Gives the mappings and what stands for all rows.
    faults : Faults
        Takes ``bad_value``.
    warnings : list of str
        Takes what fell outside a mapping.
    unmapped : dict of str to int
        Takes the words for a category outside the mapping, and how often they occur.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``theme``, ``category``, ``severity`` (missing where not said), ``weak_road_user``
        (nullable boolean), ``weight``; aligned with `rows`.
    """
    table = pd.DataFrame(index=rows.frame.index)
    table["source"] = profile.source
    table["theme"] = profile.theme
    if rows.has("theme"):
        table["theme"] = mapped(rows.text("theme"), profile.themes)
        faults.add(table["theme"].isna().to_numpy(), "bad_value", rows.name("theme"), rows.text("theme"))
    table["category"] = _category(rows, profile, faults, warnings, unmapped)
    table["severity"] = _severity(rows, profile, warnings)
    table["weak_road_user"] = pd.Series(pd.NA, index=table.index, dtype="boolean")
    if rows.has("weak_road_user"):
        weak = np.zeros(len(rows), dtype=bool)
        said = np.zeros(len(rows), dtype=bool)
        for column in rows.columns["weak_road_user"]:
            texts = Rows(rows.frame, {"value": (column,)}).text("value")
            weak |= _names_weak(texts, profile)
            said |= (texts != "").to_numpy()
        table["weak_road_user"] = pd.Series(weak, index=table.index).astype("boolean").where(said)
    table["weight"] = 1.0
    if rows.has("weight"):
        written = rows.text("weight")
        weight = read_numbers(written.where(written != "", "1"))
        faults.add(~(weight >= 0), "bad_value", rows.name("weight"), written)
        table["weight"] = weight
    return table


def _names_weak(texts: pd.Series, profile: Profile) -> npt.NDArray[np.bool_]:
    """True where a text, or one of the road users that it lists, is a weak one."""
    parts = texts.str.split(_BETWEEN, regex=True).explode()
    kinds = mapped(parts, {"other": profile.other_road_users, "weak": profile.weak_road_users})
    found = (kinds == "weak").groupby(level=0, sort=False).any()
    return found.reindex(texts.index).to_numpy(dtype=bool)


def _category(
    rows: Rows, profile: Profile, faults: Faults, warnings: list[str], unmapped: dict[str, int]
) -> pd.Series:
    if not rows.has("category"):
        return pd.Series(profile.category, index=rows.frame.index, dtype="str")
    written = rows.text("category")
    if not profile.categories:
        return written.where(written != "", profile.category)
    category = mapped(written, profile.categories)
    _check_profile(written, category, rows.name("category"), profile)
    strange = category.isna().to_numpy()
    if profile.unmapped == "reject":
        faults.add(strange, "bad_value", rows.name("category"), written)
    elif strange.any():
        warnings.append(
            Message(
                "{count} rows have a category outside the profile's list: other", count=int(strange.sum())
            )
        )
        counts = written[strange & (written != "").to_numpy()].value_counts()
        if len(counts):
            unmapped |= {str(word)[:_LONGEST]: int(count) for word, count in counts.head(_KEPT).items()}
            named = ", ".join(
                f"{str(word)[:_LONGEST]!r} ({count})" for word, count in counts.head(_NAMED).items()
            )
            more = Message(" and {count} more", count=len(counts) - _NAMED) if len(counts) > _NAMED else ""
            warnings.append(
                Message(
                    "outside the list are {named}{more}: add them to [categories] or leave them",
                    named=named,
                    more=more,
                )
            )
    return category.fillna("other")


def _check_profile(written: pd.Series, category: pd.Series, column: str, profile: Profile) -> None:
    """Not one familiar word in a whole file means that the profile is for another kind of file."""
    named = written[(written != "") & ~matches_any(written, _OTHER)]
    if len(named) >= _TELLING and category[named.index].isna().all():
        examples = ", ".join(repr(word[:40]) for word in named.unique()[:3])
        raise SupplierFileError(
            "Not one of {count} rows has a kind in {column} that the profile {profile} knows (found "
            "{examples}). Is it the right profile? Otherwise add the words to [categories] in a copy.",
            count=len(named),
            column=column,
            profile=profile.name,
            examples=examples,
        )


def _severity(rows: Rows, profile: Profile, warnings: list[str]) -> pd.Series:
    if not rows.has("severity"):
        return pd.Series(None, index=rows.frame.index, dtype="str")
    severity = mapped(rows.text("severity"), profile.severities)
    if severity.isna().any():
        warnings.append(
            Message(
                "{count} rows have no severity of the profile's list: left empty",
                count=int(severity.isna().sum()),
            )
        )
    return severity
