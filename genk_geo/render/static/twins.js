/* Two weeks side by side, on request: a second map that moves with the first, with a slider of its own. */
var mapTwins = (function () {
  "use strict";

  /* The last week before the first map's of which something is known; else the week of the page. */
  function beside(own, shown, theme) {
    for (var at = shown - 1; at >= 0; at -= 1) {
      if (own.themes[theme][at].wijken.length) { return at; }
    }
    return own.last;
  }

  /* `config` is that of the page; `main` the weeks of the first map; `changed` is told when it opens or closes. */
  function on(config, own, main, changed) {
    var button = document.getElementById("twee-weken");
    var place = document.getElementById("tweede-kaart");
    var box = place.parentNode;
    var second = null, theme = null, colour = true;

    function paint() {
      if (!second || place.hidden) { return; }
      second.wijken.eachLayer(function (layer) {
        mapShapes.level(layer, colour ? second.weeks.level(layer.feature.properties.id) : "");
      });
      second.dressed.forEach(function (dress) { dress(); });
      mapShapes.untangle(second.map.getContainer(), second.names);
      if (second.backdrop) { second.backdrop.write(); }
    }

    function build() {
      var first = config.map, node = place.querySelector(".folium-map");
      var map = L.map(node, {
        zoomControl: false, scrollWheelZoom: false, zoomSnap: first.options.zoomSnap,
        maxZoom: first.getMaxZoom(), center: first.getCenter(), zoom: first.getZoom()
      });
      [["ground", 350], ["names", 450]].forEach(function (pane) {
        map.createPane(pane[0]).style.zIndex = pane[1];
      });
      map.getPane("names").style.pointerEvents = "none";
      mapFrame.dress(map, Object.assign({}, config.words, { label: node.dataset.label }));
      var shapes = mapShapes.on(map, config.words);
      var found = { map: map, names: [], dressed: [] };
      found.backdrop = config.backdrop && mapBackdrop.add(map, config.backdrop, function () {
        return mapShapes.taken(node);
      });
      function copied(layer, className, interactive) {
        return L.geoJSON(layer.toGeoJSON(), {
          pane: "ground", interactive: interactive, style: function () { return { className: className }; }
        }).addTo(map);
      }
      if (config.neighbours) {
        copied(config.neighbours, "neighbour", false).eachLayer(function (layer) {
          var far = layer.feature.properties;
          found.names.push(mapShapes.name(far.at, "name name-far", far.name).addTo(map));
        });
      }
      found.wijken = copied(config.wijken, "wijk", true);
      found.weeks = mapWeeks.view(map, shapes, own, place.querySelector(".weeks-under"), paint, true);
      found.weeks.choose(theme);
      found.wijken.eachLayer(function (layer) {
        var wijk = layer.feature.properties;
        found.names.unshift(mapShapes.name(wijk.at, "name", wijk.name).addTo(map));
        found.dressed.push(shapes.reachable(layer, function () { return found.weeks.wijk(wijk.id); }));
      });
      map.getPane("mapPane").insertBefore(map.getPane("markerPane"), map.getPane("mapPane").firstChild);
      map.on("zoomend moveend resize", paint);
      link(first, map);
      return found;
    }

    /* What one map shows, the other does. */
    function link(one, other) {
      var following = false;
      [[one, other], [other, one]].forEach(function (pair) {
        pair[0].on("move", function () {
          if (following || place.hidden) { return; }
          following = true;
          pair[1].setView(pair[0].getCenter(), pair[0].getZoom(), { animate: false });
          following = false;
        });
      });
    }

    /* Both maps have another size: what was seen in the first is seen in both, be it all of the stadsdeel. */
    function fitted(whole) {
      config.map.invalidateSize({ pan: true, animate: false });
      if (whole) { config.map.fitBounds(config.bounds, { padding: [14, 14], animate: false }); }
      if (!place.hidden) {
        second.map.invalidateSize({ pan: false, animate: false });
        second.map.setView(config.map.getCenter(), config.map.getZoom(), { animate: false });
      }
    }

    function open(wanted) {
      var whole = config.map.getBounds().contains(config.bounds);
      button.setAttribute("aria-pressed", String(wanted));
      place.hidden = !wanted;
      box.classList.toggle("twins", wanted);
      config.map.closePopup();
      if (wanted) {
        second = second || build();
        second.weeks.go(beside(own, main.at(), theme), true);
      }
      fitted(whole);
      changed();
      paint();
    }

    button.addEventListener("click", function () { open(place.hidden); });
    return {
      isOpen: function () { return !place.hidden; },
      close: function () { if (!place.hidden) { open(false); } },
      choose: function (other) {
        theme = other;
        if (second) {
          second.map.closePopup();
          second.weeks.choose(theme);
        }
      },
      paint: function (coloured) {
        colour = coloured;
        paint();
      }
    };
  }

  return { on: on };
}());
