/* What the page does with the map that folium built: one theme at a time, colours by class name, popups made of
   text nodes, and the tables as a second way to everything on the map. No sentence stands here; words come along. */
(function () {
  "use strict";

  var calm = mapFrame.calm;
  /* Where the mark of a shape stands, by layer, so that marks at one place keep free of each other. */
  var CORNERS = { attention: "getNorthEast", signals: "getNorthWest", outlook: "getSouthEast", repeats: "getSouthWest" };

  /* A map that is lower than this is lower than most popups. */
  var LOW = 400;

  /* The mark of a stretch hangs below its street, where that of a point on it leaves room. */
  var ANCHORS = { stretches: [14, -9] };

  function all(selector, root) {
    return Array.prototype.slice.call((root || document).querySelectorAll(selector));
  }

  function start(config) {
    var map = config.map;
    var state = { theme: null, colour: "wijken" };
    var things = {};         // "layer/theme/id" -> {layer, marker, card(), toggle}
    var shapes = mapShapes.on(map, config.words);
    var frame = map.getContainer();
    var panel = document.getElementById("kaart");

    mapFrame.dress(map, config.words);

    function home(animate) {
      map.fitBounds(config.bounds, { padding: [14, 14], animate: animate && !calm });
    }

    home(false);
    /* What was found comes before the wijken by keyboard, as in the tables; what lies on top is told by CSS. */
    map.getPane("mapPane").insertBefore(map.getPane("markerPane"), map.getPane("mapPane").firstChild);

    /* Streets and their names, which leave room for what was found. */
    var backdrop = config.backdrop && mapBackdrop.add(map, config.backdrop, function () {
      return mapShapes.taken(frame);
    });

    /* Other weeks on this map, and a second map beside it. */
    var told = mapWeeks.told();
    var weeks = told && mapWeeks.view(map, shapes, told, document.getElementById("weken-kaart"), paint, false);
    var twins = told && mapTwins.on(config, told, weeks, paint);

    function isNow() { return !weeks || weeks.isNow(); }

    /* Names, hidden where they would cover each other or a hotspot number */
    var names = [];
    var dressed = [];
    config.wijken.eachLayer(function (layer) {
      var own = layer.feature.properties;
      names.push(mapShapes.name(own.at, "name", own.name).addTo(map));
      function card() {
        return isNow() ? own.cards[state.theme] || { title: own.name, rows: [] } : weeks.wijk(own.id);
      }
      function chosen() { mark("wijk", state.theme, own.id); }
      dressed.push(shapes.reachable(layer, card, chosen));
      things["wijk//" + own.id] = { layer: layer, card: card, theme: "" };
    });
    if (config.neighbours) {
      config.neighbours.eachLayer(function (layer) {
        var other = layer.feature.properties;
        names.push(mapShapes.name(other.at, "name name-far", other.name).addTo(map));
      });
    }

    function untangle() {
      mapShapes.untangle(frame, names);
      if (backdrop) { backdrop.write(); }
    }

    Object.keys(config.areas).forEach(function (theme) {
      config.areas[theme].eachLayer(function (layer) {
        var own = layer.feature.properties;
        function card() { return own.card; }
        function chosen() { mark("hotspot", theme, own.id); }
        var marker = shapes.hotspot(layer, own.corner, own, card, chosen);
        things["hotspot/" + theme + "/" + own.id] = { layer: layer, marker: marker, card: card, theme: theme };
      });
    });

    /* Layers on request lie under the hotspots; a mark tells which row of the table a shape is. */
    config.extras.forEach(function (extra) {
      extra.marks = [];
      extra.box = document.getElementById(extra.key);
      extra.layer.eachLayer(function (layer) {
        var own = layer.feature.properties;
        function card() { return own.card; }
        function chosen() { mark(extra.key, extra.theme, own.id); }
        var marker = null;
        if (own.mark) {
          var corner = own.anchored ? own.at : layer.getBounds()[CORNERS[extra.key] || "getNorthEast"]();
          var kind = "mark mark-" + extra.key + (own.status ? " mark-" + own.status : "");
          marker = shapes.numbered(corner, own.mark, kind, ANCHORS[extra.key] || [14, 14], card, chosen);
          extra.marks.push(marker);
          layer.on("click", function (event) { shapes.show(event.latlng, own.card); chosen(); });
        } else {
          shapes.reachable(layer, card, chosen);
        }
        if (own.id) {
          things[extra.key + "/" + extra.theme + "/" + own.id] =
            { layer: layer, marker: marker, card: card, theme: extra.theme, box: extra.box };
        }
      });
      if (extra.box) { extra.box.addEventListener("change", paint); }
    });

    /* By keyboard the map goes as the tables do. The tables are in the order of the reader's minute. */
    function inOrder() {
      var pane = map.getPane("markerPane");
      var wanted = all("tr[data-show]").map(function (row) {
        var found = things[row.dataset.show];
        return found && found.marker && found.marker.getElement();
      }).filter(function (node) { return node && node.parentNode === pane; });
      var there = all(".leaflet-marker-icon", pane).filter(function (node) { return wanted.indexOf(node) >= 0; });
      if (wanted.some(function (node, at) { return node !== there[at]; })) {
        wanted.forEach(function (node) { pane.appendChild(node); });
      }
    }

    /* The tables: the row of what is open stands out; a row opens what it is about. */
    function mark(kind, theme, id) {
      all("tr[data-show]").forEach(function (row) {
        row.classList.toggle("chosen", row.dataset.show === kind + "/" + (kind === "wijk" ? "" : theme) + "/" + id);
        if (row.classList.contains("chosen") && row.closest("details")) { row.closest("details").open = true; }
      });
    }

    /* As close as two streets can still be named, and not so close that all is plain. Above is room for a popup. */
    function fit(box, above) {
      var edge = frame.clientWidth < 500 ? 20 : 60;
      (!backdrop ? [14.5] : backdrop.drawn ? [16, 15.5, 15, 14.5, 14] : [15, 14.5, 14, 13.5]).some(function (zoom) {
        map.fitBounds(box, {
          maxZoom: zoom, paddingTopLeft: [edge, edge / 2 + above], paddingBottomRight: [edge, 30], animate: false
        });
        return backdrop && backdrop.streets() >= 2;
      });
    }

    function goTo(key, from) {
      var found = things[key];
      if (!found) { return; }
      if (found.theme) { choose(found.theme); }
      /* The tables are of the week of the page. */
      if (weeks && found.theme) { weeks.go(told.last); }
      /* Beside a second map on a phone there is no room for a popup. */
      if (twins && frame.clientHeight < LOW) { twins.close(); }
      if (found.box && !found.box.checked) {
        found.box.checked = true;
        paint();
      }
      var inView = frame.getBoundingClientRect();
      if (inView.top < 0 || inView.bottom > window.innerHeight) {
        panel.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
      }
      var box = found.layer.getBounds ? found.layer.getBounds() : found.layer.getLatLng().toBounds(200);
      fit(box, 0);
      var popup = shapes.show(mapShapes.above(found.layer), found.card(), from);
      fit(box, popup.getElement().offsetHeight);
      var parts = key.split("/");
      mark(parts[0], parts[1], parts.slice(2).join("/"));
    }

    all("tr[data-show]").forEach(function (row) {
      var button = row.querySelector("button");
      if (!button) { return; }
      row.classList.add("clickable");
      row.addEventListener("click", function (event) {
        if (!event.target.closest("a")) { goTo(row.dataset.show, button); }
      });
    });

    /* Theme and colour */
    function choose(theme) {
      if (state.theme === theme) { return; }
      map.closePopup();
      state.theme = theme;
      all("[data-choose-theme]").forEach(function (button) {
        button.setAttribute("aria-pressed", String(button.dataset.chooseTheme === theme));
      });
      all("[data-for-theme]").forEach(function (node) { node.hidden = node.dataset.forTheme !== theme; });
      all("a[rel=prev], a[rel=next]").forEach(function (link) { link.hash = "thema=" + theme; });
      if (weeks) {
        weeks.choose(theme);
        twins.choose(theme);
      }
      paint();
    }

    function paint() {
      var now = isNow(), colour = !now && state.colour === "density" ? "wijken" : state.colour;
      config.extras.forEach(function (extra) {
        var on = now && Boolean(extra.box && extra.box.checked) && (!extra.theme || extra.theme === state.theme);
        map[on ? "addLayer" : "removeLayer"](extra.layer);
        extra.marks.forEach(function (marker) { map[on ? "addLayer" : "removeLayer"](marker); });
      });
      all("[data-keys]").forEach(function (node) {
        var box = document.getElementById(node.dataset.keys);
        node.hidden = !(now && box && box.checked);
      });
      Object.keys(config.areas).forEach(function (theme) {
        var on = now && theme === state.theme;
        map[on ? "addLayer" : "removeLayer"](config.areas[theme]);
        if (on) { config.areas[theme].bringToFront(); }
      });
      Object.keys(things).forEach(function (key) {
        var found = things[key];
        if (found.marker) {
          map[map.hasLayer(found.layer) ? "addLayer" : "removeLayer"](found.marker);
        }
      });
      Object.keys(config.density).forEach(function (theme) {
        var on = theme === state.theme && colour === "density";
        map[on ? "addLayer" : "removeLayer"](config.density[theme]);
      });
      config.wijken.eachLayer(function (layer) {
        var own = layer.feature.properties;
        mapShapes.level(layer, colour === "wijken" ? now ? own.levels[state.theme] : weeks.level(own.id) : "");
      });
      dressed.forEach(function (dress) { dress(); });
      /* What the legend says of "this week" holds while only that week is seen. */
      var only = now && (state.paper || !(twins && twins.isOpen()));
      all("[data-now]").forEach(function (node) { node.hidden = !only; });
      all("[data-then]").forEach(function (node) { node.hidden = only; });
      panel.classList.toggle("earlier", !now);
      if (twins) { twins.paint(state.colour !== "none"); }
      all("[data-legend]").forEach(function (node) { node.hidden = node.dataset.legend !== colour; });
      inOrder();
      untangle();
    }

    all("[data-choose-theme]").forEach(function (button) {
      button.addEventListener("click", function () { choose(button.dataset.chooseTheme); });
    });
    all("input[name=colour]").forEach(function (input) {
      input.addEventListener("change", function () { state.colour = input.value; paint(); });
    });
    var base = document.getElementById("base");
    if (base && config.base) {
      base.addEventListener("change", function () {
        map[base.checked ? "addLayer" : "removeLayer"](config.base);
      });
    }
    var back = document.getElementById("home");
    if (back) { back.addEventListener("click", function () { map.closePopup(); home(true); }); }

    /* The wheel scrolls the page until the reader is at work in the map. */
    map.on("click focus", function () { map.scrollWheelZoom.enable(); });
    map.on("mouseout blur", function () { map.scrollWheelZoom.disable(); });
    map.on("zoomend moveend resize", untangle);

    /* Paper shows the week of the page. It has its own measures; the map is fitted again to what the style sheet gives it there. */
    var left = null;
    document.addEventListener("paper", function (event) {
      map.closePopup();
      state.paper = event.detail;
      if (weeks && event.detail) { left = weeks.at(); }
      if (weeks && left !== null) { weeks.go(event.detail ? told.last : left); }
      map.invalidateSize({ pan: false, animate: false });
      home(false);
      paint();
    });

    /* A link or the search can name a wijk, a link between weeks the theme. */
    function asked() {
      var wanted = new URLSearchParams(window.location.hash.slice(1));
      if (document.querySelector('[data-choose-theme="' + CSS.escape(wanted.get("thema") || "") + '"]')) {
        choose(wanted.get("thema"));
      }
      if (wanted.get("wijk")) { goTo("wijk//" + wanted.get("wijk"), frame); }
    }

    document.addEventListener("wijk", function (event) {
      goTo("wijk//" + event.detail, document.getElementById("zoek"));
    });
    var first = document.querySelector("[data-choose-theme]");
    if (first) { choose(first.dataset.chooseTheme); }
    asked();
    window.addEventListener("hashchange", asked);
    document.documentElement.classList.add("ready");
  }

  window.hotspotPage = { start: start };
})();
