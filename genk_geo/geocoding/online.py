"""The Flemish geolocation service, for addresses that are not found here. Off unless asked for.

Every address that is asked for leaves the machine, and those of victims and suspects are personal data. So
nothing is sent before whoever asks has agreed, knowing the host and the number of addresses.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from genk_geo.crs import WGS84, transform_xy
from genk_geo.geocoding.notes import Lang, say

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from genk_geo.reference import City

log = logging.getLogger(__name__)

#: Where the service is.
SERVICE_URL = "https://geo.api.vlaanderen.be/geolocation/v4/Location"
#: Score and radius of what the service says, by its kind of location.
KINDS = {"address": ("address", 0.8, 30.0), "street": ("street", 0.5, 500.0)}

_TIMEOUT_S = (5, 10)
_PAUSE_S = 0.1
_MOST_FAILURES = 3


class FlemishService:
    """Asks the Flemish geolocation service, slowly, and gives up after three failures in a row.

    Parameters
    ----------
    city : City
        Answers outside it are not taken.
    url : str
        Address of the service.
    pause_s : float
        Seconds between two questions.
    consent : callable
        Asked before anything is sent, with the name of the host and how many addresses would go there; when
        it answers False nothing is sent.
    lang : {"nl", "en"}
        Language of the notes.
    """

    def __init__(
        self,
        city: City,
        *,
        consent: Callable[[str, int], bool],
        url: str = SERVICE_URL,
        pause_s: float = _PAUSE_S,
        sleep: Callable[[float], None] = time.sleep,
        lang: Lang = "nl",
    ) -> None:
        self._city = city
        self._url = url
        self._pause_s = pause_s
        self._sleep = sleep
        self._consent = consent
        self._lang = lang
        self._failures = 0

    def fill(self, located: pd.DataFrame, column: str) -> pd.DataFrame:
        """Ask for the rows without any place, each different address once.

        Parameters
        ----------
        located : pandas.DataFrame
            From :func:`genk_geo.geocoding.geocode`.
        column : str
            Column with the address.

        Returns
        -------
        pandas.DataFrame
            A new table; rows that the service does not know stay as they were.
        """
        filled = located.copy()
        texts = filled[column].astype("str").fillna("").str.strip()
        lost = (filled["geocode_level"] == "none") & (texts != "")
        asked = list(dict.fromkeys(texts[lost]))
        if not asked or not self._consent(str(urlsplit(self._url).hostname), len(asked)):
            return filled
        for text in asked:
            if self._failures >= _MOST_FAILURES:
                log.warning("The geolocation service does not answer; the rest is not asked.")
                break
            found = self._place(text)
            if found is not None:
                rows = lost & (texts == text)
                for name, value in found.items():
                    filled.loc[rows, name] = value
        return filled

    def _place(self, text: str) -> dict[str, Any] | None:
        answer = self._ask(text)
        try:
            best = answer["LocationResult"][0]
            lat, lon = float(best["Location"]["Lat_WGS84"]), float(best["Location"]["Lon_WGS84"])
            kind = "address" if best.get("Housenumber") else "street" if best["Thoroughfarename"] else ""
        except (KeyError, IndexError, TypeError, ValueError):
            return None
        if not kind:
            return None
        x, y = transform_xy([lon], [lat], WGS84, self._city.crs)
        if not self._city.contains(x, y)[0]:
            return None
        level, score, radius_m = KINDS[kind]
        area = {str(name): value for name, value in self._city.locate(x, y).iloc[0].items()}
        return {
            f"x_{self._city.crs}": float(x[0]),
            f"y_{self._city.crs}": float(y[0]),
            "lon": lon,
            "lat": lat,
            "geocode_level": level,
            "geocode_score": score,
            "geocode_uncertainty_m": radius_m,
            "matched_address": str(best.get("FormattedAddress") or ""),
            "matched_street": str(best["Thoroughfarename"] or ""),
            "matched_house_number": str(best.get("Housenumber") or ""),
            "geocode_note": say("online").words(self._lang),
            **area,
        }

    def _ask(self, text: str) -> Any:
        """One question; a server that is busy is asked once more after the time it says."""
        for _ in range(2):
            self._sleep(self._pause_s)
            try:
                answer = requests.get(
                    self._url,
                    params={"q": f"{text}, {self._city.name}", "c": "1"},
                    timeout=_TIMEOUT_S,
                )
                if answer.status_code == requests.codes.too_many_requests:
                    told = answer.headers.get("Retry-After", "")
                    self._sleep(min(float(told), 60.0) if told.isdigit() else 5.0)
                    continue
                answer.raise_for_status()
                found = answer.json()
            except (requests.RequestException, ValueError) as error:
                log.warning("The geolocation service failed: %s", type(error).__name__)
                break
            self._failures = 0
            return found
        self._failures += 1
        return None
