"""Settings of the weekly job: defaults < TOML file < command line, checked whole, then frozen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import Field, PrivateAttr, ValidationError, ValidationInfo, field_validator, model_validator

from genk_geo.calendar import FIRST_YEAR, LAST_YEAR
from genk_geo.config._frozen import Frozen
from genk_geo.config.analysis import THEMES, GridSettings, OutlookSettings, SignalSettings, ThemeSettings
from genk_geo.config.city import CitySettings, SourceSettings
from genk_geo.config.environment import CptedSettings, OverlaySettings
from genk_geo.config.limits import LimitSettings
from genk_geo.config.operating import (
    GateSettings,
    InboxSettings,
    NotifySettings,
    RunningSettings,
    ShareSettings,
)
from genk_geo.config.paths import AnchoredPath
from genk_geo.config.readers.dossiers import DossierSettings
from genk_geo.config.readers.map import MapSettings
from genk_geo.config.readers.release import ReleaseSettings
from genk_geo.config.reading import read_toml, validated
from genk_geo.config.reference import ReferenceSettings, current_version, files_of, with_official
from genk_geo.config.traffic import NetworkSettings, TrafficSettings
from genk_geo.errors import Message
from genk_geo.spreadsheet import alike

if TYPE_CHECKING:
    from collections.abc import Iterable


def _told_apart(names: Iterable[str], what: Message) -> None:
    for one, other in alike(names):
        raise ValueError(
            Message(
                "the {what} {one!r} and {other!r} read the same: they differ only in capitals, spaces or "
                "signs that nobody sees",
                what=what,
                one=one,
                other=other,
            )
        )


class Settings(Frozen):
    """Everything the weekly job can be told.

    Relative paths count from the folder of the configuration file.

    Examples
    --------
    >>> settings = gg.Settings(show=["burglary"], lang="en")
    >>> settings.show, settings.themes["burglary"].window_weeks
    (('burglary',), 13)
    """

    city: CitySettings | None = Field(None, description="absent: the embedded Genk")
    grouping: AnchoredPath | None = Field(None, description="TOML with the stadsdeel of each wijk, for Genk")
    sources: tuple[SourceSettings, ...] = ()
    show: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        tuple(THEMES), description="themes on the maps, in this order"
    )
    themes: dict[str, ThemeSettings] = Field(default_factory=lambda: dict(THEMES))
    grid: GridSettings = GridSettings()
    signals: SignalSettings = SignalSettings()
    aliases: AnchoredPath | None = Field(
        None, description="corrected addresses, from `genk-geo geocode --review`"
    )
    addresses: AnchoredPath | None = Field(
        None, description="BeST addresses of the city, prepared by `genk-geo reference update`"
    )
    cpted: CptedSettings = CptedSettings()
    dossiers: DossierSettings = DossierSettings()
    outlook: OutlookSettings = OutlookSettings()
    network: NetworkSettings = NetworkSettings()
    traffic: TrafficSettings = TrafficSettings()
    map: MapSettings = MapSettings()
    limits: LimitSettings = LimitSettings()
    reference: ReferenceSettings = ReferenceSettings()
    inbox: InboxSettings = Field(default_factory=lambda: cast("InboxSettings", {}))
    gates: GateSettings = GateSettings()
    running: RunningSettings = Field(default_factory=lambda: cast("RunningSettings", {}))
    shares: tuple[ShareSettings, ...] = Field((), description="where releases are copied to after a run")
    notify: NotifySettings = NotifySettings()
    store: AnchoredPath = Path("data/history.duckdb")
    rejects_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        90, description="how long the history keeps what it needs to send rejected rows back"
    )
    retention: dict[str, Annotated[int, Field(ge=1, le=1200)]] = Field(
        default_factory=dict, description="theme -> months after which place, moment and number go"
    )
    out: AnchoredPath = Path("maps")
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 71016
    as_of: datetime | None = Field(None, description="absent: one day after the week has ended")
    lang: Literal["nl", "en"] = "nl"
    demo: bool = False
    tiles: Literal["grb", "osm", "none"] = Field(
        "none", description="a base map of a server, which a reader may ask for with a click"
    )
    small_count: Annotated[int, Field(ge=0)] = Field(5, description="smaller counts are shown as '< 5'")
    releases: Annotated[tuple[ReleaseSettings, ...], Field(min_length=1)] = Field(
        (ReleaseSettings(),), description="what which readers get; each in a folder of its own"
    )
    contact: str = ""
    overlays: Annotated[tuple[OverlaySettings, ...], Field(max_length=6)] = Field(
        (), description="layers of one's own on the maps of the stadsdelen"
    )
    overlay_folders: tuple[AnchoredPath, ...] = Field(
        (), description="folders besides that of the settings file from which overlays may come"
    )
    _folder: Path = PrivateAttr(default_factory=Path.cwd)
    _version: Path | None = PrivateAttr(None)

    def model_post_init(self, context: Any, /) -> None:
        """Keep the folder from which paths count, and the version of the reference."""
        self._folder = (context or {}).get("folder") or Path.cwd()
        folder = self.reference.folder
        self._version = None if folder is None else current_version(folder)

    @property
    def folder(self) -> Path:
        """Folder of the settings file; the current one where there is no file."""
        return self._folder

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

    @field_validator("as_of")
    @classmethod
    def _in_our_time(cls, as_of: datetime | None) -> datetime | None:
        if as_of is not None and not FIRST_YEAR <= as_of.year <= LAST_YEAR:
            raise ValueError(
                Message(
                    "needed a moment from {first_year} to {last_year}, given the year {year}",
                    first_year=FIRST_YEAR,
                    last_year=LAST_YEAR,
                    year=as_of.year,
                )
            )
        return as_of

    @field_validator("overlays")
    @classmethod
    def _overlays_have_names_of_their_own(
        cls, overlays: tuple[OverlaySettings, ...]
    ) -> tuple[OverlaySettings, ...]:
        names = [overlay.name for overlay in overlays]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(Message("two overlays have the same name: {twice}", twice=", ".join(twice)))
        labels = [overlay.label for overlay in overlays]
        if twice := sorted({repr(label) for label in labels if labels.count(label) > 1}):
            raise ValueError(Message("two overlays have the same label: {twice}", twice=", ".join(twice)))
        _told_apart(labels, Message("labels of overlays"))
        return overlays

    @field_validator("themes")
    @classmethod
    def _themes_can_be_told_apart(cls, themes: dict[str, ThemeSettings]) -> dict[str, ThemeSettings]:
        _told_apart(themes, Message("themes"))
        _told_apart([own.label_nl or name for name, own in themes.items()], Message("labels of themes"))
        _told_apart([own.label_en or name for name, own in themes.items()], Message("labels of themes"))
        return themes

    @model_validator(mode="after")
    def _shows_known_themes(self) -> Settings:
        told = (
            ("show", self.show), ("cpted.themes", self.cpted.themes),
            ("traffic.theme", (self.traffic.theme,)), ("dossiers.themes", self.dossiers.themes),
            ("retention", tuple(self.retention)),
        )  # fmt: skip
        for where, named in told:
            unknown = [theme for theme in named if theme not in self.themes]
            if unknown:
                raise ValueError(
                    Message(
                        "{where} names themes without a [themes.*] table: {unknown}",
                        where=where,
                        unknown=", ".join(unknown),
                    )
                )
        return self

    @model_validator(mode="after")
    def _shares_are_of_releases(self) -> Settings:
        known = list(self.release_folders)
        unknown = sorted({one.release for one in self.shares if one.release} - set(known))
        if unknown:
            raise ValueError(
                Message("shares names no release of these settings: {unknown}", unknown=", ".join(unknown))
            )
        if len(known) > 1 and any(not one.release for one in self.shares):
            raise ValueError(
                Message("with several releases each share names its own: {known}", known=", ".join(known))
            )
        return self

    @model_validator(mode="after")
    def _factors_of_streets_have_streets(self) -> Settings:
        if self.cpted.network and self.network.path is None:
            raise ValueError(
                Message("cpted.network wants the factors of streets: name their file under [network] path")
            )
        return self

    @model_validator(mode="after")
    def _releases_stand_apart(self) -> Settings:
        """Two releases in one folder would let the one's reader see the other's week."""
        folders = [release.folder.casefold() for release in self.resolved_releases]
        if len(set(folders)) < len(folders):
            raise ValueError(Message("two [[releases]] have the same folder; give each one its own `folder`"))
        limits = {int(one.small_count or 0) for one in self.resolved_releases if one.profile != "analist"}
        if len({limit for limit in limits if limit > 1}) > 1:
            raise ValueError(
                Message(
                    "releases hold back counts below {limits}: what the one covers, the other would show. "
                    "Give them the same small_count",
                    limits=", ".join(map(str, sorted(limits))),
                )
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _with_official_layers(cls, told: Any, info: ValidationInfo) -> Any:
        """Where the file says nothing of a layer, the one that was fetched counts."""
        if not isinstance(told, dict) or not told.get("reference"):
            return told
        try:
            own = ReferenceSettings.model_validate(told["reference"], context=info.context)
        except ValidationError:
            return told  # the table itself is told to be wrong
        return with_official(told, own)

    @property
    def official(self) -> dict[str, Path]:
        """Layers of the version of the reference that was in use when the settings were read."""
        return {} if self._version is None else files_of(self._version)

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
            values = read_toml(path)
            base = Path(path).resolve().parent
        values |= {key: value for key, value in overrides.items() if value is not None}
        return validated(cls, values, str(path) if path else Message("the settings"), folder=base)
