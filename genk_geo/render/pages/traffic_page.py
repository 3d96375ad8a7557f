"""The page on traffic accidents in the whole city: map, dangerous points, stretches, schools, years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.render.file_names import TRAFFIC
from genk_geo.render.maps.basemap import TILES, MapParts, tile_host
from genk_geo.render.maps.city_map import city_map
from genk_geo.render.maps.traffic_layers import traffic_layers
from genk_geo.render.pages.parts.backdrop_parts import backdrop_code, backdrop_note
from genk_geo.render.pages.self_contained import static
from genk_geo.render.pages.site import Site, render_page, week_links, week_text
from genk_geo.render.style import css_variables
from genk_geo.render.words import traffic as words
from genk_geo.render.words.dangerous_places import point_row, stretch_row
from genk_geo.render.words.wording import count_text
from genk_geo.show.leaflet import leaflet_css, leaflet_js

if TYPE_CHECKING:
    from genk_geo.release.values.traffic import ReleasedTraffic

_MOST_SCHOOLS = 15
_MOST_STRETCHES = 12
_MOST_WATCHED = 12


def traffic_page(site: Site, traffic: ReleasedTraffic) -> str:
    """Page on the traffic accidents of the whole city.

    Parameters
    ----------
    site : Site
        What all pages share.
    traffic : ReleasedTraffic
        The accidents as they are shown.

    Returns
    -------
    str
        HTML, complete in itself, named :data:`genk_geo.render.file_names.TRAFFIC`.
    """
    t, week, parts = site.texts, site.week, MapParts("", "")
    layers = traffic_layers(traffic, t)
    if layers:
        label = t("traffic.map_label", city=week.city_name)
        parts = city_map(week.wijken, layers, tiles=site.tiles, label=label, texts=t, backdrop=site.backdrop)
    listed = [point_row(point, t) for point in traffic.points if point.status == "listed"]
    watched = [point_row(point, t) for point in traffic.points if point.status == "watch"]
    return render_page(
        site,
        "traffic.html.jinja",
        again=site.again,
        title=t("traffic.page_title", city=week.city_name, week=week_text(site)),
        css=css_variables() + leaflet_css() + static("page.css") + static("traffic.css"),
        leaflet=leaflet_js(),
        traffic_script=static("frame.js")
        + static("numbers.js")
        + backdrop_code(site.backdrop)
        + static("traffic.js"),
        image_hosts=(TILES[site.tiles][3],) if site.tiles in TILES else (),
        tile_host=tile_host(site.tiles),
        backdrop_note=backdrop_note(site.backdrop, t),
        map_html=parts.html,
        map_script=parts.script,
        layers=[{"key": layer.key, "label": layer.label} for layer in reversed(layers)],
        street_classes=words.street_class_texts(t),
        known_until=t("page.as_of", moment=t.moment(traffic.as_of or week.as_of)),
        period=t("traffic.period", **words.period_words(traffic, t)),
        by_quarter="" if traffic.as_of is None else t("traffic.by_quarter"),
        brief=words.in_brief(traffic, t),
        fictitious=traffic.fictitious,
        shows_areas=traffic.level.shows_areas,
        shows_points=traffic.level.shows_points,
        listed=listed,
        watched=watched[:_MOST_WATCHED],
        stretches=[stretch_row(one, t) for one in traffic.stretches[:_MOST_STRETCHES]],
        schools=[words.school_row(school, t) for school in traffic.schools[:_MOST_SCHOOLS]],
        school_note=t("traffic.schools.note", minutes=t.number(traffic.walk_minutes)),
        ways=[words.way_row(way, t) for way in traffic.ways],
        years=[words.year_row(year, t) for year in traffic.years],
        target="" if traffic.target is None else t("traffic.years.target", n=t.number(traffic.target)),
        wijken=[
            {"wijk": one.wijk, "injury": count_text(one.injury, t), "weak": count_text(one.weak, t)}
            for one in traffic.wijken
        ],
        conditions=words.condition_blocks(traffic, t),
        losses=words.losses_text(traffic, t),
        method=t("traffic.method_text", years=words.years_text(traffic, t)),
        network=traffic.network,
        network_credit=traffic.attribution,
        **week_links(site, TRAFFIC),
    )
