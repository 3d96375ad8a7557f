"""Asking a server politely: proxies of the environment, retries with growing rests, no redirect to elsewhere.

Proxies and certificates come from the environment (``HTTPS_PROXY``, ``NO_PROXY``, ``REQUESTS_CA_BUNDLE``), as
every program has them.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util.retry import Retry

from genk_geo.jobs.desk.official.faults import DownloadError, PassingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from genk_geo.config import ReferenceSettings

T = TypeVar("T")
log = logging.getLogger(__name__)

#: Longest rest that is taken because a server asks for it; beyond that it is said, and the run ends.
LONGEST_REST_S = 300.0
_CONNECT_S = 10.0
_FIRST_REST_S = 1.0
_MOST_REDIRECTS = 5
_BUSY = (408, 425, 429, 500, 502, 503, 504)
_GONE = (404, 410)
_SHUT = (401, 403, 407, 451)
_OF_THE_LINE = (requests.RequestException, HTTPError, ConnectionError, TimeoutError)


@dataclass
class Asker:
    """One conversation with the servers of one layer.

    Attributes
    ----------
    settings : ReferenceSettings
        How often, how long, how slowly.
    sleep, clock : callable
        As of :mod:`time`.
    """

    settings: ReferenceSettings
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _session: requests.Session = field(default_factory=requests.Session, repr=False)
    _asked: float | None = None
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        self._session.max_redirects = _MOST_REDIRECTS
        # packed answers could not be gone on with where they were cut off
        self._session.headers.update(
            {"User-Agent": f"genk_geo/{version('genk_geo')}", "Accept-Encoding": "identity"}
        )
        self.begin()

    def begin(self) -> None:
        """A new layer has its own time."""
        self._until = self.clock() + 60.0 * self.settings.minutes

    @contextmanager
    def open(
        self, address: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Iterator[requests.Response]:
        """Ask once; what the server says against it becomes a fault with its reason.

        Parameters
        ----------
        address : str
            Where.
        headers : mapping, optional
            What is asked besides.
        form : mapping, optional
            Fields of a form to send.

        Yields
        ------
        requests.Response
            With status 200, 206, 304 or 416.
        """
        host = str(urlsplit(address).hostname)
        self._rest()
        timeout = (min(_CONNECT_S, self.settings.timeout_s), self.settings.timeout_s)
        how: dict[str, Any] = {"headers": dict(headers or {}), "stream": True, "timeout": timeout}
        method = "GET" if form is None else "POST"
        try:
            with self._session.request(method, address, data=form, **how) as answer:
                _check(answer, address)
                yield answer
        except requests.TooManyRedirects as error:
            raise DownloadError("redirects", address=address) from error
        except requests.exceptions.SSLError as error:
            raise DownloadError("certificate", host=host) from error
        except requests.exceptions.ProxyError as error:
            raise PassingError("proxy", host=host) from error
        except (requests.ConnectTimeout, requests.ReadTimeout) as error:
            raise PassingError("silent", host=host, seconds=f"{self.settings.timeout_s:g}") from error
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
            raise DownloadError("redirects", address=address) from error
        except (requests.RequestException, HTTPError, OSError) as error:
            if getattr(error, "errno", None) is not None and not isinstance(error, _OF_THE_LINE):
                raise  # a full disk is not the server's fault
            raise PassingError("broken_off", host=host) from error

    def patiently(self, work: Callable[[], T]) -> T:
        """Do something that may fail for a moment, again after growing rests.

        Parameters
        ----------
        work : callable
            Raises :class:`PassingError` where it is worth trying again.

        Returns
        -------
        object
            What it returns.

        Raises
        ------
        DownloadError
            The last fault, when it was tried as often as the settings say.
        """
        for turn in range(1, self.settings.tries + 1):
            try:
                return work()
            except PassingError as fault:
                rest = _FIRST_REST_S * 2 ** (turn - 1) if fault.wait_s is None else fault.wait_s
                if turn == self.settings.tries or rest > LONGEST_REST_S:
                    raise
                self.check_time(rest)
                log.info("%s: again in %.0f s", fault, rest)
                self.sleep(rest)
        raise AssertionError("tries is at least 1")

    def check_time(self, ahead_s: float = 0.0) -> None:
        """Give up a layer that takes longer than it may: a server that drips is no server."""
        if self.clock() + ahead_s > self._until:
            raise DownloadError("too_slow", minutes=f"{self.settings.minutes:g}")

    def _rest(self) -> None:
        if self._asked is not None and (left := self._asked + self.settings.pause_s - self.clock()) > 0:
            self.sleep(left)
        self._asked = self.clock()


def _check(answer: requests.Response, address: str) -> None:
    """Refuse what is no answer to the question."""
    status, facts = answer.status_code, {"address": address, "status": str(answer.status_code)}
    if urlsplit(address).scheme == "https" and urlsplit(answer.url).scheme != "https":
        raise DownloadError("unsafe", address=address)
    if status in {200, 206, 304, 416}:
        return
    if status in _BUSY:
        wait = _asked_to_wait(answer)
        key = "busy_long" if wait is not None and wait > LONGEST_REST_S else "busy"
        minutes = "" if wait is None else f"{-(-wait // 60):.0f}"
        raise PassingError(key, wait_s=wait, minutes=minutes, **facts)
    if status in _GONE:
        raise DownloadError("not_there", **facts)
    raise DownloadError("shut" if status in _SHUT else "refused", **facts)


def _asked_to_wait(answer: requests.Response) -> float | None:
    """Seconds that a server asks for, which it may say as a number or as a moment."""
    told = answer.headers.get("Retry-After")
    if told is None:
        return None
    try:
        return max(0.0, float(Retry().parse_retry_after(told)))
    except InvalidHeader:
        return None
