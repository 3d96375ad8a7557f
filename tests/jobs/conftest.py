"""A desk for each command, which is killed on it or finds its disk full."""

from __future__ import annotations

import shutil

import duckdb
import pytest


@pytest.fixture(scope="session")
def desks(tmp_path_factory):
    """A desk for each command, as it stands before it; made when it is asked for."""
    from genk_geo.cli import main
    from tests.fixtures import desk as own

    top = tmp_path_factory.mktemp("desks")
    base = top / "base"
    own.set_up(base)
    own.deliver(base, "oud.csv", *(own.burglaries(own.LAST.shift(-back)) for back in range(8)))
    arguments = ["weekly", "--week", str(own.LAST), "--config", str(base / "stad.toml")]
    with pytest.raises(SystemExit, match="0"):
        main(arguments)  # here and not in a fork, so that forks have everything loaded

    def ready(name):
        desk = top / name
        if desk.exists():
            return desk
        shutil.copytree(base, desk)
        corrected = own.burglaries(own.LAST, word="poging woning", count=3)
        late = own.burglaries(own.LAST, count=2, tag="LATE")
        own.deliver(desk, "nieuw.csv", own.burglaries(own.NEXT), corrected, late)
        if name == "stale":
            own.done(desk, own.COMMANDS["ingest"])
        if name in {"forget", "restore"}:
            own.done(desk, ["backup"])
        if name == "restore":
            (made,) = (desk / "data" / "backups").glob("*.duckdb")
            made.rename(desk / "kept.duckdb")
            made.with_name(f"{made.name}.sha256").rename(desk / "kept.duckdb.sha256")
            own.done(desk, own.COMMANDS["ingest"])
        if name == "migrate":
            (desk / "data" / "history.duckdb").unlink()
            with duckdb.connect(str(desk / "data" / "history.duckdb")) as history:
                history.execute(own.FIRST.read_text(encoding="utf-8"))
        return desk

    return ready
