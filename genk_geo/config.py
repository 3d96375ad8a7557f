"""Settings of the weekly job: defaults < TOML file < command line, checked whole, then frozen."""

from __future__ import annotations

import tomllib
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from genk_geo.calendar import BRUSSELS
from genk_geo.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CitySettings(_Frozen):
    """Another city than the embedded Genk: its areas, from the user's own files.

    Either `areas` (polygons) or `points` (labelled points, from which indicative areas are drawn) is given.
    """

    name: str
    crs: int = Field(31370, description="EPSG code of a metric system to compute in")
    timezone: str = BRUSSELS
    areas: Path | None = Field(None, description="polygons of the wijken: GeoJSON, GeoPackage or shapefile")
    areas_crs: int | None = Field(None, description="EPSG code of `areas`, for a file that does not say")
    points: Path | None = Field(None, description="CSV of labelled points, where no polygons are to be had")
    x: str = "lon"
    y: str = "lat"
    points_crs: int = 4326
    wijk: str = Field("wijk", description="column with the name of the wijk")
    wijk_code: str | None = Field(None, description="column with its code; the name where absent")
    stadsdeel: str | None = Field(None, description="column with the stadsdeel; one for all where absent")
    stadsdeel_prefix: int | None = Field(
        None, ge=1, description="wijken whose code begins with the same so many characters form a stadsdeel"
    )
    stadsdeel_names: dict[str, str] = Field(
        default_factory=dict, description="what to call a stadsdeel that goes by such a prefix"
    )
    grouping: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="stadsdeel -> wijken, where no column says so"
    )
    exposure: str | None = Field(None, description="column with dwellings or inhabitants")
    streets: Path | None = Field(None, description="layer of streets with a column `street`")
    addresses: Path | None = Field(None, description="BeST addresses, from `genk-geo reference update`")
    attribution: str = ""


class SourceSettings(_Frozen):
    """One supplier: which files, read by which profile."""

    path: str = Field(description="file, or glob in the last part of the path, relative to the settings file")
    profile: str = Field(description="name of a shipped profile, or path of a profile file")


class ThemeSettings(_Frozen):
    """How a theme is looked at."""

    window_weeks: Annotated[int, Field(ge=1, le=260)] = 13
    min_incidents: Annotated[int, Field(ge=1)] = Field(
        8, description="below this many located incidents in the window the map says: too few to say"
    )
    max_uncertainty_m: Annotated[float, Field(gt=0)] = Field(
        150.0, description="places known less precisely count for their wijk, not for hotspots"
    )
    ground_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.2, description="part of the expectation that follows the ground instead of the dwellings"
    )
    near_repeat: bool = Field(False, description="whether an incident is followed by others nearby")
    near_repeat_m: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (1, 100, 200, 300, 400), description="ends of the distance bands in metres; 1: the same place"
    )
    near_repeat_days: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (7, 14, 21, 28), description="ends of the time bands in days"
    )
    label_nl: str = ""
    label_en: str = ""

    @field_validator("near_repeat_m", "near_repeat_days")
    @classmethod
    def _ascending(cls, ends: tuple[int, ...]) -> tuple[int, ...]:
        if not ends or any(end >= after for end, after in pairwise(ends)):
            raise ValueError(f"needed at least one end, each larger than the one before, given {list(ends)}")
        return ends


class SignalSettings(_Frozen):
    """What counts as a signal: a place with more incidents of late than its past and the city explain."""

    weeks: Annotated[int, Field(ge=8, le=260)] = Field(104, description="weeks that are compared")
    radius_m: Annotated[float, Field(gt=0, le=5000)] = 1000.0
    longest_weeks: Annotated[int, Field(ge=1, le=26)] = Field(4, description="longest time a signal may last")
    min_incidents: Annotated[int, Field(ge=2)] = 3
    every_weeks: Annotated[float, Field(ge=1)] = Field(
        52.0,
        description="a theme's signal that chance gives more often than once in so many weeks is no signal",
    )
    replicates: Annotated[int, Field(ge=99, le=99_999)] = 999


class GridSettings(_Frozen):
    """The cells."""

    cell_m: Annotated[int, Field(ge=25, le=500)] = 100
    bandwidth_m: Annotated[float, Field(gt=0)] = 300.0
    max_q: Annotated[float, Field(gt=0, lt=1)] = Field(0.05, description="highest q-value of a hot cell")


class FactorSettings(_Frozen):
    """One layer of the environment."""

    name: str = Field(description="name in the catalogue, or a name of your own")
    path: Path = Field(description="GeoPackage, GeoJSON, CSV with coordinates, or GeoTIFF")
    x: str = "lon"
    y: str = "lat"
    crs: int | None = Field(None, description="EPSG code of a CSV (4326) or of a layer that does not say")


class OverlaySettings(_Frozen):
    """A layer of one's own on the maps: cameras, schools."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="key, in small letters")
    label: str = Field(min_length=1, max_length=60, description="what readers call it")
    path: Path = Field(description="GeoJSON, relative to the settings file")
    column: str = Field("", description="column with the names; absent: `name`, `naam`, `label` or none")
    public: bool = Field(default=False, description="also on the maps of a release for the public")


class CptedSettings(_Frozen):
    """The risk terrain; without factors there is none."""

    factors: tuple[FactorSettings, ...] = ()
    osm: Path | None = Field(None, description="OpenStreetMap file (XML), for the factors of the catalogue")
    network: Path | None = Field(None, description="street network (GraphML of OSMnx)")
    catalogue: Path | None = Field(None, description="TOML with own entries of the catalogue")
    themes: tuple[str, ...] = Field((), description="themes to model; empty: those that are shown")
    cell_m: Annotated[int, Field(ge=25, le=250)] = 100
    steps: Annotated[int, Field(ge=1, le=10)] = Field(
        4, description="steps of 100 m that a feature may reach"
    )
    top_share: Annotated[float, Field(gt=0, lt=0.5)] = Field(0.05, description="share of the area for zones")
    max_zones: Annotated[int, Field(ge=1, le=100)] = 20

    @property
    def wanted(self) -> bool:
        """Whether any factor is named."""
        return bool(self.factors or self.osm or self.network)


class OutlookSettings(_Frozen):
    """Where most is to be expected next week, and how well earlier outlooks did."""

    wanted: bool = True
    models: tuple[str, ...] = Field(
        ("promap", "density", "scales", "boosted"),
        description="compared with the plain decayed count; the one that has proved better makes the outlook",
    )
    budget: Annotated[float, Field(gt=0, le=0.2)] = Field(
        0.01, description="share of the city's area that the suggested places take together"
    )
    min_patch_cells: Annotated[int, Field(ge=2, le=25)] = Field(4, description="least cells of a place")
    weeks: Annotated[int, Field(ge=4, le=104)] = Field(26, description="past weeks that count for the score")
    refit_weeks: Annotated[int, Field(ge=1, le=52)] = Field(13, description="weeks between two fits")
    spread: bool = Field(default=False, description="the best place of every stadsdeel first")


#: A public release is at least so many weeks behind.
PUBLIC_DELAY_WEEKS = 4
#: Fewer than this is a small count for the public, whatever else is set.
PUBLIC_SMALL_COUNT = 5


class ReleaseSettings(_Frozen):
    """What one kind of reader gets.

    ``analist`` sees everything; ``wijkmanager`` areas without points; ``publiek`` counts by wijk, later.
    """

    profile: Literal["analist", "wijkmanager", "publiek"] = "wijkmanager"
    folder: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")] = Field(
        "", validate_default=False, description="folder of this release under `out`; absent: its profile"
    )
    small_count: Annotated[int, Field(ge=0)] | None = Field(
        None, description="absent: that of the settings; nothing is small for an analist"
    )
    min_addresses: Annotated[int, Field(ge=1)] = Field(
        8, description="an outline that incidents led to holds at least so many addresses"
    )
    delay_weeks: Annotated[int, Field(ge=0, le=104)] | None = Field(
        None, description=f"weeks behind; absent: 0, or {PUBLIC_DELAY_WEEKS} for the public"
    )
    pdf: bool = Field(default=False, description="also as PDF, where a Chromium is found")

    @property
    def level(self) -> Literal["points", "areas", "wijken"]:
        """The finest thing that may be shown."""
        return _LEVELS[self.profile]

    def resolved(self, small_count: int) -> ReleaseSettings:
        """The same with nothing left open.

        Parameters
        ----------
        small_count : int
            That of the settings.

        Returns
        -------
        ReleaseSettings
            With a folder, a `small_count` and `delay_weeks`.

        Raises
        ------
        ValueError
            If a public release comes too soon or shows small counts.
        """
        public = self.profile == "publiek"
        own = (
            (0 if self.profile == "analist" else small_count)
            if self.small_count is None
            else self.small_count
        )
        if public and self.small_count is None:
            own = max(own, PUBLIC_SMALL_COUNT)
        delay = (PUBLIC_DELAY_WEEKS if public else 0) if self.delay_weeks is None else self.delay_weeks
        if public and (delay < PUBLIC_DELAY_WEEKS or own < PUBLIC_SMALL_COUNT):
            raise ValueError(
                f"a release for `publiek` needs delay_weeks of {PUBLIC_DELAY_WEEKS} or more and"
                f" small_count of {PUBLIC_SMALL_COUNT} or more"
            )
        told = {"folder": self.folder or self.profile, "small_count": own, "delay_weeks": delay}
        return self.model_copy(update=told)


_LEVELS: dict[str, Literal["points", "areas", "wijken"]] = {
    "analist": "points",
    "wijkmanager": "areas",
    "publiek": "wijken",
}


class NetworkSettings(_Frozen):
    """The street network; without a file there is none."""

    path: Path | None = Field(
        None, description="streets: .osm (XML), GraphML of OSMnx, or a layer of lines cut where they meet"
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="of a layer: where segment_id, name, road_class and speed_kmh stand"
    )
    max_distance_m: Annotated[float, Field(gt=0, le=500)] = Field(
        50.0, description="accidents further from every street are not on the network"
    )


class TrafficSettings(_Frozen):
    """Accidents on the street network."""

    theme: str = Field("traffic", description="theme that holds the accidents")
    years: Annotated[int, Field(ge=1, le=10)] = 3
    radius_m: Annotated[float, Field(gt=0, le=500)] = Field(100.0, description="reach of a dangerous point")
    radii_m: tuple[float, ...] = Field(
        (50.0, 75.0, 100.0, 150.0), description="other radii, to see which points stay on the list"
    )
    bandwidth_m: Annotated[float, Field(gt=0, le=2000)] = 300.0
    windows_m: tuple[float, ...] = Field((200.0, 400.0), description="lengths of dangerous stretches")
    replicates: Annotated[int, Field(ge=9, le=99_999)] = 999
    draws: Annotated[int, Field(ge=0, le=999)] = Field(
        49, description="random data sets, to see how many points chance puts on the list"
    )
    target: Annotated[float, Field(gt=0)] | None = Field(
        None, description="at most so many injury accidents a year is what the city aims for"
    )
    victims: dict[str, str] = Field(
        default_factory=dict,
        description="kept columns with fatal, serious, light, weak_fatal, weak_serious and weak_light",
    )
    schools: Path | None = Field(None, description="layer, CSV with lon and lat, or .osm")
    walk_minutes: Annotated[float, Field(gt=0, le=60)] = 5.0


THEMES = {
    "nuisance": ThemeSettings(window_weeks=4, ground_share=0.3, label_nl="Overlast", label_en="Nuisance"),
    "burglary": ThemeSettings(
        window_weeks=13, ground_share=0.1, near_repeat=True, label_nl="Inbraak", label_en="Burglary"
    ),
    "traffic": ThemeSettings(window_weeks=52, ground_share=0.6, label_nl="Verkeer", label_en="Traffic"),
}


class Settings(_Frozen):
    """Everything the weekly job can be told.

    Relative paths count from the folder of the configuration file.
    """

    city: CitySettings | None = Field(None, description="absent: the embedded Genk")
    grouping: Path | None = Field(None, description="TOML with the stadsdeel of each wijk, for Genk")
    sources: tuple[SourceSettings, ...] = ()
    show: tuple[str, ...] = Field(tuple(THEMES), description="themes on the maps, in this order")
    themes: dict[str, ThemeSettings] = Field(default_factory=lambda: dict(THEMES))
    grid: GridSettings = GridSettings()
    signals: SignalSettings = SignalSettings()
    aliases: Path | None = Field(None, description="corrected addresses, from `genk-geo geocode --review`")
    addresses: Path | None = Field(
        None, description="BeST addresses of the city, prepared by `genk-geo reference update`"
    )
    cpted: CptedSettings = CptedSettings()
    outlook: OutlookSettings = OutlookSettings()
    network: NetworkSettings = NetworkSettings()
    traffic: TrafficSettings = TrafficSettings()
    store: Path = Path("data/history.duckdb")
    out: Path = Path("maps")
    seed: int = 71016
    as_of: datetime | None = Field(None, description="absent: one day after the week has ended")
    lang: Literal["nl", "en"] = "nl"
    demo: bool = False
    tiles: Literal["grb", "osm", "none"] = "grb"
    small_count: Annotated[int, Field(ge=0)] = Field(5, description="smaller counts are shown as '< 5'")
    releases: Annotated[tuple[ReleaseSettings, ...], Field(min_length=1)] = Field(
        (ReleaseSettings(),), description="what which readers get; each in a folder of its own"
    )
    contact: str = ""
    overlays: Annotated[tuple[OverlaySettings, ...], Field(max_length=6)] = Field(
        (), description="layers of one's own on the maps of the stadsdelen"
    )

    @field_validator("themes", mode="before")
    @classmethod
    def _over_known_themes(cls, told: Any) -> Any:
        """What is told of a known theme goes over its defaults; themes not told keep theirs."""
        if not isinstance(told, dict):
            return told
        merged = {theme: settings.model_dump() for theme, settings in THEMES.items()}
        for theme, own in told.items():
            merged[theme] = merged.get(theme, {}) | own if isinstance(own, dict) else own
        return merged

    @field_validator("overlays")
    @classmethod
    def _overlays_have_names_of_their_own(
        cls, overlays: tuple[OverlaySettings, ...]
    ) -> tuple[OverlaySettings, ...]:
        names = [overlay.name for overlay in overlays]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two overlays have the same name: {', '.join(twice)}")
        return overlays

    @model_validator(mode="after")
    def _shows_known_themes(self) -> Settings:
        told = (
            ("show", self.show), ("cpted.themes", self.cpted.themes), ("traffic.theme", (self.traffic.theme,))
        )  # fmt: skip
        for where, named in told:
            unknown = [theme for theme in named if theme not in self.themes]
            if unknown:
                raise ValueError(f"{where} names themes without a [themes.*] table: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _releases_stand_apart(self) -> Settings:
        """Two releases in one folder would let the one's reader see the other's week."""
        folders = [release.folder.casefold() for release in self.resolved_releases]
        if len(set(folders)) < len(folders):
            raise ValueError("two [[releases]] have the same folder; give each one its own `folder`")
        limits = {int(one.small_count or 0) for one in self.resolved_releases if one.profile != "analist"}
        if len({limit for limit in limits if limit > 1}) > 1:
            raise ValueError(
                f"releases hold back counts below {', '.join(map(str, sorted(limits)))}: what the one covers,"
                " the other would show. Give them the same small_count"
            )
        return self

    @property
    def resolved_releases(self) -> tuple[ReleaseSettings, ...]:
        """The releases with nothing left open, in the order of the settings."""
        return tuple(release.resolved(self.small_count) for release in self.releases)

    @property
    def release_folders(self) -> dict[str, Path]:
        """Folder of the weeks of each release, by the release's own folder name.

        A single release for wijkmanagers stands in `out` itself; anything else under its own name.
        """
        chosen = self.resolved_releases
        alone = len(chosen) == 1 and chosen[0].profile == "wijkmanager" and not self.releases[0].folder
        return {release.folder: self.out if alone else self.out / release.folder for release in chosen}

    @classmethod
    def load(cls, path: Path | str | None = None, **overrides: Any) -> Settings:
        """Read a TOML file, put the overrides over it and check the whole.

        Parameters
        ----------
        path : path-like, optional
            Configuration file; without it the defaults count, relative to the current folder.
        **overrides
            Settings by name; None is passed over.

        Returns
        -------
        Settings
            Frozen, with absolute paths.

        Raises
        ------
        ConfigError
            If the file is missing, is not TOML, or holds an unknown key or an impossible value.
        """
        base, values = Path.cwd(), {}
        if path is not None:
            base, values = Path(path).resolve().parent, read_toml(path)
        values |= {key: value for key, value in overrides.items() if value is not None}
        settings = validated(cls, values, str(path or "the settings"))
        return settings.model_copy(update=_anchored(settings, base))


def _anchored(settings: Settings, base: Path) -> dict[str, Any]:
    """Paths made absolute."""
    changed: dict[str, Any] = {"store": base / settings.store, "out": base / settings.out}
    for name in ("grouping", "aliases", "addresses"):
        if (file := getattr(settings, name)) is not None:
            changed[name] = base / file
    changed["overlays"] = tuple(
        overlay.model_copy(update={"path": base / overlay.path}) for overlay in settings.overlays
    )
    changed["sources"] = tuple(
        source.model_copy(update={"path": str(base / source.path), "profile": _profile(source, base)})
        for source in settings.sources
    )
    own = settings.cpted
    named = {name: path for name in ("osm", "network", "catalogue") if (path := getattr(own, name))}
    layers = tuple(factor.model_copy(update={"path": base / factor.path}) for factor in own.factors)
    anchored = {name: base / path for name, path in named.items()}
    changed["cpted"] = own.model_copy(update={"factors": layers, **anchored})
    if settings.network.path is not None:
        changed["network"] = settings.network.model_copy(update={"path": base / settings.network.path})
    if settings.traffic.schools is not None:
        changed["traffic"] = settings.traffic.model_copy(update={"schools": base / settings.traffic.schools})
    if settings.city is not None:
        files = {name: getattr(settings.city, name) for name in ("areas", "points", "streets", "addresses")}
        changed["city"] = settings.city.model_copy(
            update={name: base / file for name, file in files.items() if file is not None}
        )
    return changed


def _profile(source: SourceSettings, base: Path) -> str:
    """A profile file counts from the settings file too; a shipped profile is just a name."""
    return str(base / source.profile) if source.profile.endswith(".toml") else source.profile


def read_toml(path: Path | str) -> dict[str, Any]:
    """Read a TOML file with a clear message when it is missing or malformed."""
    file = Path(path)
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{file} does not exist. Give the path of an existing TOML file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{file} cannot be read as TOML: {error}.") from error


def validated(model: type[Model], values: dict[str, Any], where: str) -> Model:
    """Build a model and say every fault in one message."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {_plain(fault)}" for fault in error.errors()
        )
        raise ConfigError(f"{where}: {faults}.") from error


def _plain(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "unknown key (see the README for the known ones)"
    return str(fault["msg"])
