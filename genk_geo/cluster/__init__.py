r"""Beyond one machine: the stages that add up, on the workers of Dask.

Files are read and geocoded by whichever worker is free, and laid down as GeoParquet: a part a file
(``files/``), and a part a week of each (``weeks/2026-W46/``). What is counted in a week adds up over weeks:
cells, wijken, densities, near pairs. Replicates of a scan are weighed by the workers, too. The sums are taken
in the order of weeks, so that what comes out does not depend on how many workers there are or which of them
is first: counts are those of one process to the last one, densities within rounding.

The folder holds exact places. It is as sensitive as the suppliers' files, and must be one that all workers
see. Whoever starts the workers sees to it that nobody else can reach them.

Examples
--------
With ``client = distributed.Client(n_workers=2)``, or one of workers on other machines:

>>> import tempfile, pathlib
>>> from genk_geo import cluster
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> lines = ["x;y;datum", "228500;184800;02/11/2026", "228510;184810;09/11/2026"]
>>> _ = (folder / "a.csv").write_text("\n".join(lines))
>>> profile = ['source = "a"', 'theme = "burglary"', "[columns]", 'x = "x"', 'y = "y"', 'from_date = "datum"']
>>> _ = (folder / "a.toml").write_text("\n".join(profile))
>>> files = [(folder / "a.csv", folder / "a.toml")]
>>> told = cluster.read_files(client, files, folder / "in", city=gg.City.load())
>>> wijken = cluster.count_wijken(client, folder / "in")
>>> told["incidents"].tolist(), wijken.columns.tolist(), int(wijken.to_numpy().sum())
([2], ['2026-W45', '2026-W46'], 2)
"""

from genk_geo.cluster.adding_up import count_cells, count_wijken, density, near_pairs, spread_scan
from genk_geo.cluster.laying_down import assign, lay_down, read_files

__all__ = [
    "assign",
    "count_cells",
    "count_wijken",
    "density",
    "lay_down",
    "near_pairs",
    "read_files",
    "spread_scan",
]
