"""The history put in the wijken of the present borders, when somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.jobs.session import Session, bounded

if TYPE_CHECKING:
    import datetime as dt

    from genk_geo.config import Settings
    from genk_geo.store.versions.reassigning import Reassigned


@bounded
def reassign_history(
    settings: Settings, *, dry_run: bool = False, now: dt.datetime | None = None
) -> Reassigned:
    """Put the incidents on record in the wijken of the city as it is now.

    Parameters
    ----------
    settings : Settings
        The settings.
    dry_run : bool
        Only say how many would change.
    now : datetime.datetime, optional
        The present moment.

    Returns
    -------
    Reassigned

    Raises
    ------
    ConfigError
        If there is no history, or another run has it.
    """
    session = Session(settings)
    session.check_record()
    if dry_run:
        with session.on_record() as store:
            return store.reassign(session.city.locate, dry_run=True)
    with session.opened() as store:
        return store.reassign(session.city.locate, now=now)
