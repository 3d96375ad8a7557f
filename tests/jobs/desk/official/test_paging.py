"""All features of a service, or a message; a run that was cut off goes on with the next page."""

from __future__ import annotations

import json

import pytest

from genk_geo.jobs.desk.official.faults import DownloadError
from genk_geo.jobs.desk.official.fetching.paging import fetch_features

PATH = "/Halte/ogc/features/v1/collections/Halte/items"
FEATURES = [
    {
        "type": "Feature",
        "id": f"Halte.{at}",
        "geometry": {"type": "Point", "coordinates": [5.5 + at / 1000, 50.96]},
        "properties": {"NAAMHALTE": f"Halte {at}"},
    }
    for at in range(7)
]


def fetch(asker, address, target, **told):
    return fetch_features(asker, address, target, query={"bbox": "5,50,6,51"}, limit=3, **told)


@pytest.mark.parametrize("matched", [True, False])
def test_pages_follow_each_other(matched, server, pages, asker, tmp_path):
    address = pages(PATH, FEATURES, limit=3, matched=matched)
    told = []
    assert fetch(asker(), address, tmp_path / "x.geojson", tell=lambda *at: told.append(at)) == 7
    found = json.loads((tmp_path / "x.geojson").read_text(encoding="utf-8"))["features"]
    assert found == FEATURES
    assert told[-1] == (7, 7 if matched else 0)
    assert "bbox=5%2C50%2C6%2C51&limit=3" in server.asked[0][0]
    assert [path.name for path in tmp_path.iterdir()] == ["x.geojson"]


def test_a_run_that_was_cut_off_goes_on(server, pages, asker, tmp_path):
    address = pages(PATH, FEATURES, limit=3, spoil=lambda page, start: None if start == 6 else page)
    with pytest.raises(DownloadError, match="overloaded"):
        fetch(asker(), address, tmp_path / "x.geojson")
    assert not (tmp_path / "x.geojson").exists()
    pages(PATH, FEATURES, limit=3)
    server.asked.clear()
    assert fetch(asker(), address, tmp_path / "x.geojson") == 7
    assert [path for path, _ in server.asked] == [f"{PATH}?f=json&startIndex=6"]


def test_a_feature_on_two_pages_counts_once(pages, asker, tmp_path):
    def repeat(page, start):
        if start == 3:
            page["features"] = [FEATURES[2], *page["features"]]
            page["numberReturned"] = 4
        return page

    assert fetch(asker(), pages(PATH, FEATURES, limit=3, spoil=repeat), tmp_path / "x.geojson") == 7


def on_last(**told):
    return lambda page, start: page | told if start == 6 else page


def cut(page, start):
    return json.dumps(page).encode()[:-20]


SPOILT = {
    "half": lambda page, _: page | {"links": []},
    "perhaps_half": lambda page, _: {"type": "FeatureCollection", "features": page["features"]},
    "moved": on_last(numberMatched=9),
    "circle": lambda page, _: page | {"links": [{"rel": "next", "href": "?f=json&startIndex=0"}]},
    "elsewhere": lambda page, _: page | {"links": [{"rel": "next", "href": "http://elders.example/x"}]},
    "no_features": lambda *_: {"type": "ExceptionReport", "code": "NoApplicableCode"},
    "half_page": cut,
    "web_page": lambda *_: b"<html><body>Aanmelden</body></html>",
}


@pytest.mark.parametrize("why", SPOILT)
def test_every_half_or_strange_answer_leaves_what_was_there(why, pages, asker, tmp_path):
    target = tmp_path / "x.geojson"
    target.write_text("before", encoding="utf-8")
    address = pages(PATH, FEATURES, limit=3, spoil=SPOILT[why])
    with pytest.raises(DownloadError) as refused:
        fetch(asker(), address, target)
    assert refused.value.why == why
    assert target.read_text(encoding="utf-8") == "before"


def test_a_page_that_says_another_number_than_it_holds_is_half(pages, asker, tmp_path):
    address = pages(PATH, FEATURES, limit=3, spoil=lambda page, _: page | {"numberReturned": 250})
    with pytest.raises(DownloadError, match="250 features and gave 3"):
        fetch(asker(), address, tmp_path / "x.geojson")


def test_no_more_features_than_allowed(pages, asker, tmp_path):
    from genk_geo.doors import Limits, limited

    with limited(Limits(rows=5)), pytest.raises(DownloadError, match="more than 5"):
        fetch(asker(), pages(PATH, FEATURES, limit=3), tmp_path / "x.geojson")
