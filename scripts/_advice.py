"""What went wrong while an environment was made, from what uv, venv and pip said, and what to do about it.

Pip says of almost everything that it found no matching distribution, or that versions conflict: when there
is no network, when a proxy refuses, when its index is a mirror that is behind, and when the package does not
exist for this Python. What tells them apart stands in the lines before: those are read too, and the plainest
cause counts first.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Cause(NamedTuple):
    """Something that goes wrong: words that tell so in small letters, and what the reader can do."""

    words: tuple[str, ...]
    advice: str


#: The first of which a word occurs counts. {python}: such as 3.12; {package}: what was being installed.
CAUSES = (
    Cause(
        ("no space left", "errno 28", "os error 28", "not enough space", "disk quota exceeded"),
        "The disk is full. The environment needs about 2 GB here and, while installing, some space in the "
        "folder for temporary files. Make room and run the same command again.",
    ),
    Cause(
        ("ensurepip is not available", "no module named venv", "no module named ensurepip"),
        "This Python cannot make virtual environments. On Debian and Ubuntu install the package "
        "python{python}-venv (sudo apt install python{python}-venv), or install uv; then run the same "
        "command again.",
    ),
    Cause(
        (
            "certificate_verify_failed", "certificate verify failed", "invalid peer certificate",
            "confirming the ssl certificate", "self-signed certificate",
        ),
        "The package index was reached, but its certificate is not trusted: often a proxy or virus "
        "scanner that looks into encrypted traffic. Ask your administrator for its certificate file and "
        "name that in the environment variables PIP_CERT and SSL_CERT_FILE; check that the clock of this "
        "machine is right.",
    ),
    Cause(
        (
            "proxyerror", "connect to proxy", "proxy authentication required", "tunnel connection failed",
            "tunnel error", "proxy authorization required",
        ),
        "The proxy refuses or cannot be reached. Put its address, with your name and password where it "
        "asks for them, in the environment variable HTTPS_PROXY, or clear that variable if there is no "
        "proxy here; then run the same command again.",
    ),
    Cause(
        (
            "name resolution", "name or service not known", "nodename nor servname", "getaddrinfo failed",
            "dns error", "newconnectionerror", "failed to establish a new connection", "timed out",
            "network is unreachable", "connection refused", "connection reset", "error sending request",
            "max retries exceeded", "connection broken",
        ),
        "The packages could not be fetched: there is no connection to the package index. Check the "
        "internet connection and run the same command again. Behind a proxy, set the environment variable"
        " HTTPS_PROXY.",
    ),
    Cause(
        (
            "401 unauthorized", "403 forbidden", "http error 4", "http error 5", "http status client error",
            "http status server error",
        ),
        "The package index answers, but refuses. `pip config list` shows which one is used; check its "
        "address and your access to it, or try again later.",
    ),
    Cause(
        ("permission denied", "errno 13", "os error 13", "access is denied", "read-only file system"),
        "The folder of the checkout cannot be written. Close programs that use its .venv, or put the "
        "checkout in a folder of your own, and run the same command again.",
    ),
    Cause(
        ("requires a different python", "does not satisfy python"),
        "{package} does not exist for Python {python}. Use Python 3.11 to 3.14 (64 bits).",
    ),
    Cause(
        (
            "from versions: none", "not found in the package registry", "not found in the provided package",
            "index lookups were disabled",
        ),
        "Nothing called {package} was offered: no package index was asked, or one that does not have it. "
        "`pip config list` and the environment variables PIP_INDEX_URL and PIP_NO_INDEX say which one is "
        "used; check the internet connection as well.",
    ),
    Cause(
        (
            "failed building wheel", "failed to build", "metadata-generation-failed",
            "subprocess-exited-with-error", "not a supported wheel", "no wheels with a matching",
        ),
        "There is no built package (wheel) of {package} for this machine and Python {python}, and "
        "building it here failed. Built packages exist for Python 3.11 to 3.14 of 64 bits on Windows, "
        "Linux and macOS (arm64): use one of these, or install the compilers that the lines above ask "
        "for.",
    ),
    Cause(
        ("resolutionimpossible", "conflicting dependencies", "because you require"),
        "Something outside this checkout asks for other versions than its pins, probably a constraint "
        "file in the configuration of pip: `pip config list` shows it. Leave it out and run the same "
        "command again.",
    ),
    Cause(
        ("from versions:", "there is no version of", "is available and you require"),
        "The package index does not have {package} for Python {python}: it may be a mirror that is behind "
        "(`pip config list` shows which one is used), out of reach, or this a machine for which it is not "
        "built. Built packages exist for Python 3.11 to 3.14 of 64 bits on Windows, Linux and macOS "
        "(arm64).",
    ),
)  # fmt: skip

_UNKNOWN = "The set-up did not succeed; the lines above say why. Remove the folder .venv and try again."
_FAULT = re.compile(
    r"^(\w*error\b|fatal|\u00d7|\u2570|cause|caused by|hint|could not fetch)|\w(Error|Exception): "
    r"|depends on |\(constraint\)|retrying",
    re.IGNORECASE,
)
_PACKAGE = re.compile(
    r"No matching distribution found for (\S+)|Failed to build `([^`\s]+)|Failed building wheel for (\S+)"
    r"|Because (\S+) (?:was not found|has no wheels)|and you require (\S+?),?\s|there is no version of (\S+)"
    r"|\(constraint\) (\S+)",
    re.IGNORECASE,
)


def advice(lines: Sequence[str]) -> str:
    """Sentence that says what went wrong in an installation and what to do.

    Parameters
    ----------
    lines : sequence of str
        What the program said.
    """
    whole = "\n".join(_without_what_went_well(lines))
    found = next((group for match in _PACKAGE.finditer(whole) for group in match.groups() if group), None)
    low = _read_aright(whole, found or "").lower()
    chosen = (cause.advice for cause in CAUSES if any(word in low for word in cause.words))
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return next(chosen, _UNKNOWN).format(python=python, package=found or "one of the packages")


def telling(lines: Sequence[str], most: int = 8) -> list[str]:
    """The lines that say what went wrong; the last ones when none says so.

    Parameters
    ----------
    lines : sequence of str
        What the program said.
    most : int
        How many to give.
    """
    faults = [line for line in _without_what_went_well(lines) if _FAULT.search(line.strip())]
    return (list(dict.fromkeys(faults)) or [line for line in lines if line.strip()])[-most:]


def _without_what_went_well(lines: Iterable[str]) -> list[str]:
    """A connection that broke and was made again explains nothing, unless a package is missing at last."""
    said = list(lines)
    missing = any("from versions: none" in line or "conflicting dependencies" in line for line in said)
    return [line for line in said if missing or "retrying" not in line.lower()]


def _read_aright(whole: str, package: str) -> str:
    """What pip means by two things that it says of a version that it could not find."""
    version = package.partition("==")[2]
    passed_over = re.search(r"require a different python version: (.*)", whole, re.IGNORECASE)
    if version and passed_over and f"{version} Requires-Python" in passed_over[1]:
        return "requires a different python"  # it lists all that it passed over, whatever it was looking for
    pins = set(re.findall(r"\(constraint\) (\S+)", whole))
    if pins and len(pins) == len({pin.partition("==")[0] for pin in pins}):
        return whole.replace("conflicting dependencies", "from versions:").replace("ResolutionImpossible", "")
    return whole
