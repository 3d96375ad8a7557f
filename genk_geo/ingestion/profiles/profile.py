"""Profiles: how one supplier's columns become incidents, as an editable TOML file.

No public specification of the Belgian police, GAS or meldpunt exports exists, so the mapping is data. A field
of ``[columns]`` names a column, or a list of names of which the first that the file has counts. Names are
compared without case, accents, spaces and punctuation. ``source_id`` and ``address`` may join columns:
``"Straat + Nr"``. The shipped profiles read these columns (and their usual variants):

* burglary: ``PV-nummer;Datum van;Uur van;Datum tot;Uur tot;Datum vaststelling;Feit;Straat;Nr;Bus;Postcode;
  Gemeente;X;Y``
* nuisance: ``Meldingsnummer;Gemeld op;Vastgesteld op;Soort melding;Omschrijving;Adres;Breedtegraad;
  Lengtegraad`` (the description is free text and is never read)
* traffic: ``PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y``
* statbel_accidents: the open data of Statbel, ``OPENDATA_MAP_...``, as it is published
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from genk_geo.config import read_toml, validated
from genk_geo.errors import ConfigError, Message
from genk_geo.ingestion.delivered import as_expression
from genk_geo.ingestion.reading.header import comparison_key

#: Severities of a traffic accident.
SEVERITIES = ("fatal", "serious", "light", "material")


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(_Frozen):
    """Accepted names of the columns, field by field; an empty field is not in the file."""

    source_id: Names = Field((), description="number of the report; may join columns with ' + '")
    theme: Names = Field((), description="column that tells the theme, with the mapping [themes]")
    category: Names = Field((), description="kind of fact, with the mapping [categories]")
    from_date: Names = Field((), description="date (or date and time) at which the window begins")
    from_time: Names = ()
    to_date: Names = Field((), description="date (or date and time) at which the window ends")
    to_time: Names = ()
    reported_date: Names = Field((), description="date (or date and time) of the report")
    reported_time: Names = ()
    year: Names = Field((), description="year, where the file gives no day")
    month: Names = Field((), description="month, beside `year`")
    day: Names = Field((), description="day of the month, beside `year` and `month`")
    hour: Names = Field((), description="hour of the day, beside `year` and `month`")
    street: Names = ()
    house_number: Names = ()
    box: Names = Field((), description="known, not read: a box is in the same place as its house number")
    postcode: Names = ()
    city: Names = Field((), description="municipality")
    address: Names = Field((), description="place in one text; may join columns with ' + '")
    x: Names = Field((), description="x or longitude")
    y: Names = Field((), description="y or latitude")
    severity: Names = Field((), description="severity, with the mapping [severities]")
    weak_road_user: Names = Field((), description="all columns that may name a weak road user")
    weight: Names = ()


class Profile(_Frozen):
    """How one kind of supplier file is read.

    Notes
    -----
    Mappings go from our word to a list of the supplier's; ``*`` stands for any text, the first that fits
    counts. A file with only year and month gives a window over the whole month; the hour is then kept in a
    column ``hour`` of the incidents, because a window cannot say "some day of May, at 18 h".
    """

    name: str = ""
    source: str = Field(min_length=1, description="who delivers; part of each incident's identity")
    theme: str = Field("", description="theme of all rows, where no column tells it")
    category: str = Field("other", description="category of all rows, where no column tells it")
    unmapped: Literal["other", "reject"] = Field(
        "other", description="what a category outside the list becomes"
    )
    columns: Columns
    themes: dict[str, Names] = Field(default_factory=dict)
    categories: dict[str, Names] = Field(default_factory=dict)
    severities: dict[str, Names] = Field(default_factory=dict)
    weak_road_users: Names = Field((), description="values that mean a pedestrian, cyclist or moped rider")
    other_road_users: Names = Field(
        (), description="values that mean none of these, even where one of their patterns fits (*motorfiets*)"
    )
    select: dict[str, Names] = Field(default_factory=dict, description="column -> values of the rows to take")
    keep: Names = Field((), description="columns to keep beside the incident; never names or free text")
    circumstances: dict[str, Names] = Field(
        default_factory=dict,
        description="light, weather, ...: columns with words of a fixed list, kept where the file has them",
    )
    date_order: Literal["dmy", "mdy", "ymd"] | None = Field(
        None, description="order of day, month and year; decided from all values of a column by default"
    )
    month_first: bool | None = Field(None, description="True for 12/31/2026: another way to say `date_order`")
    time_from_report: bool = Field(
        default=False, description="take the moment of the report where no other is given"
    )
    window_minutes: Annotated[float, Field(ge=0)] = Field(
        0.0, description="length of the window where a time is known but no end; 0: a moment without end"
    )
    timezone: str | None = Field(None, description="clock of the file; the city's own by default")
    max_duplicates: Annotated[float, Field(ge=0, le=1)] = Field(
        0.5, description="a larger share of rows that repeat another row stops the file"
    )
    repeats: Names = Field(
        (), description="sources whose incidents this one may tell again; both are then kept"
    )
    delivery: Literal["changes", "full", "withdrawn"] = Field(
        "changes",
        description="`full`: each file holds all that the source has, what is absent was withdrawn; "
        "`withdrawn`: the file lists numbers of reports that were withdrawn",
    )
    delivery_date: str | None = Field(
        None,
        description="where the name of a file says its day, such as `export_{dd}-{mm}-{yyyy}`",
    )
    max_withdrawn: Annotated[float, Field(ge=0, le=1)] = Field(
        0.5, description="a full delivery that lacks a larger share of what is on record is refused"
    )
    crs: int | None = Field(None, description="EPSG code of x and y; recognised by value by default")
    coordinate_uncertainty_m: Annotated[float, Field(ge=0)] = 10.0
    separator: str | None = Field(None, pattern='^[^"\\r\\n]$', description="one character")
    encoding: str | None = None
    sheet: str | None = None
    names: Names = Field((), description="names of all columns, for a table without a row of names")

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(
                Message("{value!r} is not a time zone; write it as Europe/Brussels", value=value)
            )
        return value

    @field_validator("delivery_date")
    @classmethod
    def _says_a_day(cls, value: str | None) -> str | None:
        if value is not None:
            as_expression(value)
        return value

    @field_validator("names")
    @classmethod
    def _told_apart(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len({comparison_key(name) for name in value} - {""}) < len(value):
            raise ValueError(Message("each column needs a name of its own"))
        return value

    @field_validator("severities")
    @classmethod
    def _known_severities(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        strange = sorted(set(value) - set(SEVERITIES))
        if strange:
            raise ValueError(
                Message(
                    "{strange}: not a severity; the severities are {severities}",
                    strange=", ".join(strange),
                    severities=", ".join(SEVERITIES),
                )
            )
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        columns = self.columns
        if bool(self.theme) == bool(columns.theme):
            raise ValueError(Message("give either `theme`, or `columns.theme` with the mapping [themes]"))
        if columns.theme and not self.themes:
            raise ValueError(Message("`columns.theme` needs the mapping [themes]"))
        if self.categories and not columns.category:
            raise ValueError(Message("the mapping [categories] needs `columns.category`"))
        if self.delivery == "withdrawn":
            if not columns.source_id:
                raise ValueError(Message("a list of withdrawn reports needs `columns.source_id`"))
            return self
        if not (columns.from_date or (columns.year and columns.month) or self.time_from_report):
            raise ValueError(Message("`columns` needs from_date, or year and month"))
        if self.time_from_report and not columns.reported_date:
            raise ValueError(Message("`time_from_report` needs `columns.reported_date`"))
        if not ((columns.x and columns.y) or columns.address or columns.street):
            raise ValueError(Message("`columns` needs x and y, or address, or street"))
        return self

    @property
    def order(self) -> Literal["dmy", "mdy", "ymd"] | None:
        """Order of day, month and year that the profile says, if it says one."""
        if self.date_order is not None or self.month_first is None:
            return self.date_order
        return "mdy" if self.month_first else "dmy"

    def expected(self) -> tuple[str, ...]:
        """All column names that the profile knows."""
        fields = (name for field in Columns.model_fields for name in getattr(self.columns, field))
        parts = (part for name in fields for part in (name, *name.split(" + ")))
        return tuple(dict.fromkeys((*parts, *self.select, *self.keep)))


def shipped_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the package."""
    files = resources.files("genk_geo.ingestion.profiles.shipped").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def load_profile(profile: str | Path | Profile) -> Profile:
    """Load a profile by its shipped name or from the user's own TOML file.

    Parameters
    ----------
    profile : str, path-like or Profile
        ``burglary``, ``nuisance``, ``traffic``, ``statbel_accidents``, or the path of a TOML file. A profile
        is handed on as it is.

    Returns
    -------
    Profile
        Frozen.

    Raises
    ------
    ConfigError
        If there is no such profile, or the file holds an unknown key or an impossible value.
    """
    if isinstance(profile, Profile):
        return profile
    if str(profile) in shipped_profiles():
        packaged = resources.files("genk_geo.ingestion.profiles.shipped") / f"{profile}.toml"
        with resources.as_file(packaged) as file:
            return _from_file(file, str(profile))
    path = Path(profile)
    if path.suffix != ".toml" and not path.exists():
        raise ConfigError(
            "There is no profile {profile!r}. Shipped are {known}; or give the path of a profile file "
            "(.toml).",
            profile=str(profile),
            known=", ".join(shipped_profiles()),
        )
    return _from_file(path, path.stem)


def _from_file(file: Path, name: str) -> Profile:
    return validated(Profile, {"name": name} | read_toml(file), Message("The profile {name}", name=name))
