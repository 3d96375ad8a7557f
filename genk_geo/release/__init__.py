"""What a reader may see: the one place where something is taken out, before anything is drawn or written.

Everything after the release step works on :class:`ReleasedWeek`; what is held back is not in it. The check
then works out what could be derived from all that was ever told.
"""

from genk_geo.release.values.week import (
    AreaWeek,
    Hotspot,
    OutlookPlace,
    ReleasedNearRepeat,
    ReleasedOutlook,
    ReleasedPast,
    ReleasedTheme,
    ReleasedWeek,
    RepeatString,
    RepeatZone,
    Signal,
)
from genk_geo.release.week import release

__all__ = [
    "AreaWeek",
    "Hotspot",
    "OutlookPlace",
    "ReleasedNearRepeat",
    "ReleasedOutlook",
    "ReleasedPast",
    "ReleasedTheme",
    "ReleasedWeek",
    "RepeatString",
    "RepeatZone",
    "Signal",
    "release",
]
