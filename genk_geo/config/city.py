"""The city, and who supplies what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from genk_geo.calendar import BRUSSELS
from genk_geo.config._frozen import Frozen
from genk_geo.config.paths import AnchoredPath, AnchoredPattern, ProfileName
from genk_geo.errors import Message

if TYPE_CHECKING:
    from pyproj import CRS


class CitySettings(Frozen):
    """Another city than the embedded Genk: its areas, from the user's own files.

    Either `areas` (polygons) or `points` (labelled points, from which indicative areas are drawn) is given.
    """

    name: str
    crs: int = Field(31370, description="EPSG code of a metric system to compute in")
    timezone: str = BRUSSELS
    areas: AnchoredPath | None = Field(
        None, description="polygons of the wijken: GeoJSON, GeoPackage or shapefile"
    )
    areas_crs: int | None = Field(None, description="EPSG code of `areas`, for a file that does not say")
    points: AnchoredPath | None = Field(
        None, description="CSV of labelled points, where no polygons are to be had"
    )
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
    max_overlap: float = Field(
        0.05,
        ge=0,
        le=0.5,
        description="areas that share no more than this part of the smaller one are repaired, with a message",
    )
    exposure: str | None = Field(None, description="column with dwellings or inhabitants")
    exposure_nl: Annotated[str, Field(max_length=40)] = Field(
        "", description="what readers call what `exposure` counts: `inwoners`, `woningen`"
    )
    exposure_en: Annotated[str, Field(max_length=40)] = Field("", description="the same in English")
    streets: AnchoredPath | None = Field(None, description="layer of streets with a column `street`")
    addresses: AnchoredPath | None = Field(
        None, description="BeST addresses, from `genk-geo reference update`"
    )
    attribution: str = ""

    @field_validator("crs")
    @classmethod
    def _computes_in_metres(cls, code: int) -> int:
        """In degrees or feet every distance and cell would be another one than is said, without any error."""
        system = _system(code)
        if not system.is_projected or any(axis.unit_name != "metre" for axis in system.axis_info):
            raise ValueError(
                Message(
                    "EPSG:{code} ({system}) does not count in metres; 31370 does, for Belgium",
                    code=code,
                    system=system.name,
                )
            )
        return code

    @field_validator("areas_crs", "points_crs")
    @classmethod
    def _is_a_system(cls, code: int | None) -> int | None:
        if code is not None:
            _system(code)
        return code

    @field_validator("timezone")
    @classmethod
    def _is_a_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, LookupError, ValueError) as error:
            raise ValueError(
                Message("{name!r} is not a time zone; {brussels} is one", name=name, brussels=BRUSSELS)
            ) from error
        return name


def _system(code: int) -> CRS:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_epsg(code)
    except CRSError as error:
        raise ValueError(
            Message("{code} is not an EPSG code; 31370 is one, Belgian Lambert 72", code=code)
        ) from error


class SourceSettings(Frozen):
    """One supplier: which files, read by which profile."""

    path: AnchoredPattern | None = Field(
        None,
        description="file, or glob in the last part of the path, relative to the settings file; absent: what "
        "came in by the inbox",
    )
    profile: ProfileName = Field(description="name of a shipped profile, or path of a profile file")
