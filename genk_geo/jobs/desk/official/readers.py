"""Whether a new reference can stand beside pages that readers have, drawn in the blocks of an older one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.jobs.desk.official.faults import UnfitError
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.week.publication import told_under
from genk_geo.jobs.week.releases import blocks_for
from genk_geo.release.outlines import Outlines
from genk_geo.release.told import Told

if TYPE_CHECKING:
    from genk_geo.config import Settings
    from genk_geo.reference import City

#: Name by which the check is accepted.
CHECK = "releases.blocks"


def check_readers(settings: Settings, city: City) -> None:
    """Refuse a city whose blocks differ from those of published outlines: the next weekly run would stop.

    Parameters
    ----------
    settings : Settings
        Which releases, and where their pages are.
    city : City
        With the new layers.

    Raises
    ------
    UnfitError
        If pages were published to others than analysts in other blocks.
    """
    known = Told(told_under(settings.out)).blocks()
    if known is None:
        return
    blocks = blocks_for(settings, Ground.cover(city, settings.grid.cell_m))
    if blocks is not None and Outlines(blocks).fingerprint != known[1]:
        fault = UnfitError("blocks", check=CHECK, week=known[0])
        fault.layer = "releases"
        raise fault
