"""Independent work on all processors at once, with the answers of doing one thing after the other.

On Linux by forks of this process: they begin with everything that is loaded, where a process of its own would
first load libraries for longer than most of the work takes. A fork computes and writes to a pipe, nothing
else: it never touches a database or a thread pool of before. Whatever a fork does not bring back, because it
failed, was killed or hangs, is done here: there is no other fault than that of the work itself. Elsewhere,
and with ``GENK_GEO_PROCESSES=1``, all is done here.
"""

from __future__ import annotations

import ctypes
import logging
import os
import pickle
import select
import signal
import struct
import sys
import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Found = TypeVar("Found")

_log = logging.getLogger(__name__)

#: So many processes are used at most; as many as there are processors when it is absent.
PROCESSES = "GENK_GEO_PROCESSES"
#: A fork that is silent for so many seconds, and so many times as long as the work took here, hangs.
_PATIENCE_S, _PATIENCE_TIMES = 60.0, 20.0
#: Of the call of Linux that lets a process end with the one that it comes from.
_END_WITH_PARENT = 1
_NUMBER = struct.Struct("=i")
_MOST_TASKS = 4096 // _NUMBER.size  # what the smallest pipe holds


def at_once(
    tasks: Sequence[Callable[[], Found]], *, weights: Sequence[float] = (), processes: int | None = None
) -> list[Found]:
    """Do independent tasks, as many at a time as there are processors.

    Parameters
    ----------
    tasks : sequence of callable
        What is to be done. Each answer can be pickled and depends on nothing that another task changes;
        changes of objects that exist are lost.
    weights : sequence of float, optional
        How long each takes, in any unit: the longest begin first.
    processes : int, optional
        At most so many; as many as :func:`processors` says when absent.

    Returns
    -------
    list
        The answers, in the order of the tasks.

    Raises
    ------
    Exception
        What the first task that fails raises.
    """
    order = sorted(range(len(tasks)), key=lambda at: -weights[at]) if weights else list(range(len(tasks)))
    helpers = min(processes or processors(), len(tasks)) - 1
    if sys.platform != "linux" or helpers < 1 or len(tasks) > _MOST_TASKS:
        return [task() for task in tasks]
    queue = _queue_of(order)
    forks: list[_Fork] = []
    began = time.monotonic()
    try:
        forks += (_begin(tasks, queue) for _ in range(helpers))
        found, faults = _done_here(tasks, queue)
        patience = _PATIENCE_S + _PATIENCE_TIMES * (time.monotonic() - began)
        for fork in forks:
            found |= _brought(fork, patience)
    finally:
        os.close(queue)
        for fork in forks:
            _end(fork)
    answers: list[Found] = []
    for at, task in enumerate(tasks):
        if at in faults:
            raise faults[at]
        answers.append(found[at] if at in found else task())
    return answers


def processors() -> int:
    """How many processes may work at once.

    Raises
    ------
    ConfigError
        If the environment asks for none.
    """
    asked = os.environ.get(PROCESSES, "")
    if not asked:
        return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    if not asked.isdecimal() or int(asked) < 1:
        raise ConfigError("{name}: given {asked!r}, needed 1 or more.", name=PROCESSES, asked=asked)
    return int(asked)


class _Fork(NamedTuple):
    process: int
    answers: int


def _queue_of(order: Sequence[int]) -> int:
    """A pipe with the numbers of all tasks: whoever is free takes the next one."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(_NUMBER.pack(at) for at in order))
    os.close(writing)
    return reading


def _taken(queue: int) -> Iterator[int]:
    while number := os.read(queue, _NUMBER.size):
        yield _NUMBER.unpack(number)[0]


def _done_here(tasks: Sequence[Callable[[], Any]], queue: int) -> tuple[dict[int, Any], dict[int, Exception]]:
    """What this process found of what it took, and what went wrong."""
    found: dict[int, Any] = {}
    faults: dict[int, Exception] = {}
    for at in _taken(queue):
        try:
            found[at] = tasks[at]()
        except Exception as error:  # noqa: BLE001 - raised when it is known which task failed first
            faults[at] = error
    return found, faults


def _begin(tasks: Sequence[Callable[[], Any]], queue: int) -> _Fork:
    reading, writing = os.pipe()
    parent = os.getpid()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of libraries, which do nothing now
        process = os.fork()
    if process == 0:
        _live(tasks, queue, writing, parent)
    os.close(writing)
    return _Fork(process, reading)


def _live(tasks: Sequence[Callable[[], Any]], queue: int, writing: int, parent: int) -> None:
    """The life of a fork; it never comes back, and closes nothing that it shares."""
    try:
        # A run that is killed holds the history no longer than it lives: its forks have the lock as well.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
        if os.getppid() == parent:
            answers = pickle.dumps(_done_here(tasks, queue)[0])
            with os.fdopen(writing, "wb") as stream:
                stream.write(answers)
    except BaseException as error:  # noqa: BLE001 - a fork has nobody to tell; the work is done again
        _log.info("a fork brings nothing: %r", error)
    finally:
        os._exit(0)


def _brought(fork: _Fork, patience_s: float) -> dict[int, Any]:
    """What a fork found; nothing of one that died or hangs."""
    parts = []
    while select.select([fork.answers], [], [], patience_s)[0]:
        part = os.read(fork.answers, 2**20)
        if not part:
            break
        parts.append(part)
    with suppress(pickle.UnpicklingError, EOFError):  # half an answer, or none
        return dict(pickle.loads(b"".join(parts)))  # noqa: S301 - what this very program wrote
    return {}


def _end(fork: _Fork) -> None:
    os.close(fork.answers)
    with suppress(ProcessLookupError):
        os.kill(fork.process, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(fork.process, 0)
