"""What could be seen: how likely a place of so many times the usual risk would be proven, quiet or busy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.jobs.week.hotspots import discs_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.calendar import Window
    from genk_geo.config import GridSettings
    from genk_geo.jobs.history import ThemeHistory

    Floats = npt.NDArray[np.float64]

#: Times the usual risk.
TIMES = (2, 3, 5, 10)
#: Places by how much is usual there: so large a part of all that is usual in the city lies in quieter ones.
PLACES = {"quiet": 0.1, "median": 0.5, "busy": 0.9}


def could_be_seen(history: ThemeHistory, window: Window, *, grid: GridSettings) -> pd.DataFrame | None:
    """Chance that a place is proven in the window of the page, by how busy it is and how much riskier.

    Parameters
    ----------
    history : ThemeHistory
        Events of the theme.
    window : Window
        Weeks of the page.
    grid : GridSettings
        `max_q` is used.

    Returns
    -------
    pandas.DataFrame or None
        A row a kind of place (``quiet``, ``median``, ``busy``): ``usual`` (events that are usual in nine
        cells over the window), ``needed`` (events that prove them), ``times_2``, ``times_3``, ``times_5`` and
        ``times_10`` (chance to be proven at so many times the risk). None with too few events.
    """
    if history.counts(window).sum() < history.settings.min_incidents:
        return None
    discs = discs_of(history, window, grid)
    usual = discs.expected[0]
    lived = np.flatnonzero(usual > 0)
    # Where the median event would be, not the median cell: most cells hold next to nothing.
    order = lived[np.argsort(usual[lived], kind="stable")]
    own = history.expected_share.to_numpy()[order]
    parts = np.searchsorted(np.cumsum(own) / own.sum(), list(PLACES.values()))
    at = order[np.minimum(parts, order.size - 1)]
    found = pd.DataFrame(
        {"usual": usual[at], "needed": discs.needed[0, at]}, index=pd.Index(list(PLACES), name="place")
    )
    for times in TIMES:
        found[f"times_{times}"] = _smoothed(discs.power(float(times)).iloc[:, 0].to_numpy(), usual, at)
    return found


def _smoothed(power: Floats, usual: Floats, at: npt.NDArray[np.intp]) -> Floats:
    """Mean over places where a tenth more or less is usual: one alone may need an event more than most."""
    return np.array([power[np.abs(usual - usual[one]) <= 0.1 * usual[one]].mean() for one in at])
