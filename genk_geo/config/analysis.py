"""How themes are looked at."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, field_validator

from genk_geo.config._frozen import Frozen
from genk_geo.config.readers.theme_words import ThemeWords
from genk_geo.errors import Message


class ThemeSettings(Frozen):
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
    bundle: bool = Field(
        True, description="several reports of one event count once in hotspots, signals and near repeats"
    )
    restless: bool = Field(
        True,
        description="hotspots and signals must stand out from how restless the theme was before",
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
    nl: ThemeWords = Field(ThemeWords(), description="words of the theme in Dutch sentences")
    en: ThemeWords = Field(ThemeWords(), description="words of the theme in English sentences")

    @field_validator("near_repeat_m", "near_repeat_days")
    @classmethod
    def _ascending(cls, ends: tuple[int, ...]) -> tuple[int, ...]:
        if not ends or any(end >= after for end, after in pairwise(ends)):
            raise ValueError(
                Message(
                    "needed at least one end, each larger than the one before, given {ends}", ends=list(ends)
                )
            )
        return ends


class SignalSettings(Frozen):
    """What counts as a signal: a place with more incidents of late than its past and the city explain."""

    weeks: Annotated[int, Field(ge=8, le=260)] = Field(104, description="weeks that are compared")
    radius_m: Annotated[float, Field(gt=0, le=5000)] = 1000.0
    longest_weeks: Annotated[int, Field(ge=1, le=26)] = Field(4, description="longest time a signal may last")
    min_incidents: Annotated[int, Field(ge=2)] = 3
    every_weeks: Annotated[float, Field(ge=1)] = Field(
        52.0,
        description="a theme's signal that chance gives more often than once in so many weeks is no signal",
    )
    replicates: Annotated[int, Field(ge=99, le=99_999)] = Field(
        999, description="how often chance is drawn; less often of more than 20,000 events"
    )


class GridSettings(Frozen):
    """The cells."""

    cell_m: Annotated[int, Field(ge=25, le=500)] = 100
    bandwidth_m: Annotated[float, Field(ge=10, le=10_000)] = 300.0
    max_q: Annotated[float, Field(gt=0, lt=1)] = Field(0.05, description="highest q-value of a hot cell")


class OutlookSettings(Frozen):
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


THEMES = {
    "nuisance": ThemeSettings(window_weeks=4, ground_share=0.3, label_nl="Overlast", label_en="Nuisance"),
    "burglary": ThemeSettings(
        window_weeks=13, ground_share=0.1, near_repeat=True, label_nl="Inbraak", label_en="Burglary"
    ),
    "traffic": ThemeSettings(window_weeks=52, ground_share=0.6, label_nl="Verkeer", label_en="Traffic"),
}
