"""Which releases may be asked for, and where they go."""

import pytest

from genk_geo.config import Settings
from genk_geo.errors import ConfigError
from genk_geo.release import Level


def test_one_release_for_wijkmanagers_stands_in_the_folder_of_all_weeks(tmp_path):
    chosen = Settings.load(out=tmp_path)
    (release,) = chosen.resolved_releases
    assert (release.profile, Level.seen_by(release), release.small_count, release.delay_weeks) == (
        "wijkmanager", "areas", 5, 0,
    )  # fmt: skip
    assert chosen.release_folders == {"wijkmanager": tmp_path}


def test_several_releases_stand_apart(tmp_path):
    told = [{"profile": "analist"}, {"profile": "wijkmanager", "folder": "noord"}, {"profile": "publiek"}]
    chosen = Settings.load(out=tmp_path, releases=told)
    assert chosen.release_folders == {name: tmp_path / name for name in ("analist", "noord", "publiek")}
    assert [one.small_count for one in chosen.resolved_releases] == [0, 5, 5]
    assert [one.delay_weeks for one in chosen.resolved_releases] == [0, 0, 4]
    alone = Settings.load(out=tmp_path, releases=[{"profile": "analist"}])
    assert alone.release_folders == {"analist": tmp_path / "analist"}


@pytest.mark.parametrize(
    ("releases", "message"),
    [
        ([{"profile": "publiek", "delay_weeks": 1}], "delay_weeks of 4"),
        ([{"profile": "publiek", "small_count": 3}], "small_count of 5"),
        ([{"profile": "analist", "folder": "x"}, {"profile": "publiek", "folder": "X"}], "same folder"),
        ([{"small_count": 6}, {"profile": "publiek"}], "same small_count"),
        ([{"folder": "../elders"}], "folder"),
        ([{"profile": "politie"}], "profile"),
        ([], "releases"),
    ],
)
def test_releases_that_would_tell_too_much_are_refused(releases, message):
    with pytest.raises(ConfigError, match=message):
        Settings.load(releases=releases)
