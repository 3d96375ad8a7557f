"""A folder of parts: which files belong to which week, written down when all of them are there."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from genk_geo.errors import ConfigError
from genk_geo.private import private_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from distributed import Client

#: Written last: a folder without it was not finished.
_CONTENTS = "contents.json"
#: Weeks that one task takes together; fixed, so that sums do not depend on the workers.
TOGETHER = 13


class Parts(NamedTuple):
    """What lies in a folder.

    Attributes
    ----------
    folder : pathlib.Path
        Where it lies.
    crs : int
        EPSG code of the points.
    timezone : str
        Clock by which weeks were told apart.
    weeks : dict of str to list of str
        Files of each week, in the order of weeks.
    """

    folder: Path
    crs: int
    timezone: str
    weeks: dict[str, list[str]]

    @classmethod
    def open(cls, folder: Path) -> Parts:
        """Open a folder that was finished.

        Raises
        ------
        ConfigError
            If it was not.
        """
        contents = Path(folder) / _CONTENTS
        if not contents.is_file():
            raise ConfigError(
                "{folder} was not finished, or nothing was laid down there. Lay it down again.", folder=folder
            )
        return cls(Path(folder), **json.loads(contents.read_text(encoding="utf-8")))

    @property
    def together(self) -> list[list[str]]:
        """Weeks that are looked at in one go, in their order."""
        names = list(self.weeks)
        return [names[at : at + TOGETHER] for at in range(0, len(names), TOGETHER)]

    def read(self, week: str, columns: list[str], theme: str | None = None) -> gpd.GeoDataFrame:
        """Read columns of the incidents of a week, of all themes or one; ``geometry`` is among them.

        Pieces are many and small. What the folder says of their coordinate system need not be read from each,
        which would take six times as long.
        """
        pieces = []
        for piece in self.weeks[week]:
            with pq.ParquetFile(self.folder / piece) as file:
                pieces.append(file.read(columns=columns))
        table = pa.concat_tables(pieces, promote_options="permissive")
        shapes = shapely.from_wkb(table["geometry"].to_numpy())
        frame = table.drop_columns(["geometry"]).to_pandas()
        found = gpd.GeoDataFrame(frame, geometry=shapes, crs=self.crs)
        return found if theme is None else found[found["theme"] == theme]


def emptied(folder: Path) -> Path:
    """Give a folder to fill, for its owner only.

    Raises
    ------
    ConfigError
        If something lies in it.
    """
    place = Path(folder)
    if place.exists() and any(place.iterdir()):
        raise ConfigError("{place} holds something already. Give an empty folder, or a new one.", place=place)
    with private_files():
        place.mkdir(parents=True, exist_ok=True)
    return place


def finish(place: Path, weeks: Iterable[dict[str, str]], *, crs: int, timezone: str) -> None:
    """Write down which files belong to which week."""
    pieces = defaultdict(list)
    for one in weeks:
        for week, piece in one.items():
            pieces[week].append(piece)
    about = {"crs": crs, "timezone": timezone, "weeks": {week: pieces[week] for week in sorted(pieces)}}
    with private_files():
        (place / _CONTENTS).write_text(json.dumps(about), encoding="utf-8")


def sent(client: Client, value: Any) -> Any:
    """Send a value to all workers once, instead of with every task; what stands for it there."""
    send: Any = client.scatter
    return send([value], broadcast=True, hash=False)[0]


def gathered(client: Client, tasks: list[Any]) -> list[Any]:
    """What tasks made, in the order of the tasks; the first fault of one is raised here."""
    fetch: Any = client.gather
    return list(fetch(tasks))
