"""What an operator sets once: where new files come in, which data may be told, where pages go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field

from genk_geo.config._frozen import Frozen
from genk_geo.config.paths import AnchoredPath, AnchoredPlace

#: What data is looked at for before it is told.
Gate = Literal[
    "located", "precise", "rejected", "duplicates", "missing", "swing", "jump", "age", "late", "categories",
    "clock",
]  # fmt: skip
GATES: tuple[str, ...] = get_args(Gate)

Share = Annotated[float, Field(ge=0, le=1)]


class InboxSettings(Frozen):
    """A folder for new files; without a path there is none."""

    path: AnchoredPath | None = Field(None, description="folder into which files of suppliers are put")
    archive: AnchoredPath = Field(Path("archief"), description="where they go, by profile and day of arrival")
    aside: AnchoredPath = Field(
        Path("opzij"), description="where unreadable ones go, each with a text that says why"
    )
    profiles: AnchoredPath | None = Field(None, description="folder with profiles of one's own")
    margin: Share = Field(
        0.1, description="by so much a file must fit one profile better than any other to be taken for its"
    )


class GateSettings(Frozen):
    """Limits that data must keep to be told; a gate that holds leaves its theme out of the week."""

    least_rows: Annotated[int, Field(ge=1)] = Field(20, description="shares of fewer rows say nothing")
    located: Share = Field(0.5, description="least share of a file's incidents with a street or better")
    precise: Share = Field(
        0.5, description="least share of a theme's incidents known precisely enough for hotspots"
    )
    rejected: Share = Field(0.25, description="largest share of a file's rows that are rejected")
    duplicates: Share = Field(0.3, description="largest share of a file's rows that repeat another")
    late: Share = Field(0.5, description="largest share of a theme's reports of more than a week later")
    swing: Share = Field(
        1e-6, description="a week's count that comes by chance less often, by its own past, is doubted"
    )
    jump: Annotated[float, Field(gt=1)] = Field(
        8.0, description="a doubted count of at most so many times what is usual may be real, and is told"
    )
    age_days: Annotated[int, Field(ge=1)] = Field(
        28, description="where the past is too short to tell a silent week: days without any report"
    )
    categories: Annotated[int, Field(ge=0)] = Field(
        0, description="so many words for a category that were never seen before pass unnoticed"
    )
    future: Share = Field(
        0.05,
        description="largest share of rows of days to come: a clock is wrong, here or there",
    )
    hold: tuple[Gate, ...] = Field(
        ("located", "rejected", "duplicates", "missing", "swing", "age", "clock"),
        description="gates that hold a theme back (clock: the run); the others are told to the operator",
    )


class ShareSettings(Frozen):
    """Where a published release is copied to: a folder (a network share), or a server over SFTP."""

    path: AnchoredPlace = Field(description="existing folder, or sftp://user@host/folder")
    release: str = Field("", description="folder of the release; may be left out where there is one")
    key: AnchoredPath | None = Field(None, description="private key for SFTP; absent: that of the agent")
    known_hosts: AnchoredPath | None = Field(
        None, description="file with the server's key; absent: that of the user. An unknown server is refused"
    )


class NotifySettings(Frozen):
    """Who is told that a run ended, and how; never a count, a place or a name of a file."""

    smtp: str = Field("", pattern=r"^([^:\s]+:\d+)?$", description="host:port of the mail server")
    starttls: bool = True
    user: str = ""
    password_env: str = Field("", description="name of the environment variable with the password")
    sender: str = ""
    to: tuple[str, ...] = ()
    webhook: str = Field("", pattern=r"^(https?://\S+)?$", description="address that gets a short JSON")
    when: Literal["always", "trouble"] = "always"


class RunningSettings(Frozen):
    """What happens around a run."""

    keep_weeks: Annotated[int, Field(ge=8)] | None = Field(
        None, description="pages of older weeks are removed (what was told stays on record); absent: never"
    )
    review: AnchoredPath = Field(
        Path("nakijken.csv"), description="addresses that were not found, to correct"
    )
