/* What the page does with the map that folium built: one theme at a time, colours by class name, popups made of
   text nodes, and the tables as a second way to everything on the map. No sentence stands here; words come along. */
(function () {
  "use strict";

  var calm = mapFrame.calm;
  /* Where the mark of a shape stands, by layer, so that marks at one place keep free of each other. */
  var CORNERS = { attention: "getNorthEast", signals: "getNorthWest", outlook: "getSouthEast", repeats: "getSouthWest" };

  /* The mark of a stretch hangs below its street, where that of a point on it leaves room. */
  var ANCHORS = { stretches: [14, -9] };

  function all(selector, root) {
    return Array.prototype.slice.call((root || document).querySelectorAll(selector));
  }

  function element(tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  /* A card is {title, note, rows: [[label, value], ...], link: [text, file]}: plain texts, never markup. */
  function cardNode(card) {
    var node = element("div", "card-popup");
    node.appendChild(element("p", "card-title", card.title));
    if (card.note) { node.appendChild(element("p", "card-note", card.note)); }
    var list = element("dl");
    card.rows.forEach(function (row) {
      list.appendChild(element("dt", "", row[0]));
      list.appendChild(element("dd", row[1].length > 24 ? "sentence" : "", row[1]));
    });
    if (card.rows.length) { node.appendChild(list); }
    if (card.link) {
      var link = element("a", "", card.link[0]);
      link.href = card.link[1];
      node.appendChild(element("p", "card-link")).appendChild(link);
    }
    return node;
  }

  function label(at, className, text, pane) {
    var icon = L.divIcon({ className: className, html: element("span", "", text), iconSize: [0, 0] });
    return L.marker(at, { icon: icon, pane: pane, interactive: false, keyboard: false });
  }

  function setClass(layer, className, on) {
    var path = layer.getElement && layer.getElement();
    if (path) { path.classList.toggle(className, on); }
  }

  /* Words after the name of a thing, for who hears the map instead of seeing it. */
  function spoken(card) {
    return [card.title, card.note].concat(card.rows.slice(0, 4).map(function (row) {
      return row.join(" ");
    })).filter(Boolean).join(", ");
  }

  function start(config) {
    var map = config.map;
    var state = { theme: null, colour: "wijken" };
    var things = {};         // "layer/theme/id" -> {layer, marker, card(), toggle}
    var popups = mapFrame.popups(map, config.words);
    var frame = map.getContainer();
    var panel = document.getElementById("kaart");

    mapFrame.dress(map, config.words);

    function home(animate) {
      map.fitBounds(config.bounds, { padding: [14, 14], animate: animate && !calm });
    }

    home(false);
    /* What was found comes before the wijken by keyboard, as in the tables; what lies on top is told by CSS. */
    map.getPane("mapPane").insertBefore(map.getPane("markerPane"), map.getPane("mapPane").firstChild);

    /* Popups */
    function show(at, card, from) {
      popups.opens();
      var popup = L.popup({ minWidth: 200 });
      popup.setLatLng(at).setContent(cardNode(card)).openOn(map);
      popups.opened(popup, card.title, from);
      return popup;
    }

    function above(layer) {
      if (!layer.getBounds) { return layer.getLatLng(); }
      var box = layer.getBounds();
      return [box.getNorth(), box.getCenter().lng];
    }

    /* A shape or sign that says what it is and opens with Enter as with a click. */
    function reachable(layer, card, opened) {
      function open(at, from) {
        show(at, card(), from);
        if (opened) { opened(); }
      }
      function dress() {
        var node = layer.getElement();
        if (!node) { return; }
        node.setAttribute("tabindex", "0");
        node.setAttribute("role", "button");
        node.setAttribute("aria-label", spoken(card()));
        if (node.dataset.reachable) { return; }
        node.dataset.reachable = "yes";
        node.addEventListener("keydown", function (event) {
          if (event.key !== "Enter" && event.key !== " ") { return; }
          event.preventDefault();
          event.stopPropagation();
          open(above(layer), node);
        });
      }
      layer.on("add", dress);
      layer.on("click", function (event) { open(event.latlng); });
      dress();
      return dress;
    }

    function numbered(at, text, className, anchor, card, opened) {
      var icon = L.divIcon({
        className: className, html: element("span", "", text), iconSize: [28, 28], iconAnchor: anchor
      });
      var marker = L.marker(at, { icon: icon, keyboard: false, riseOnHover: true });
      reachable(marker, card, opened);
      return marker;
    }

    /* Streets and their names, which leave room for what was found. */
    var backdrop = config.backdrop && mapBackdrop.add(map, config.backdrop, function () {
      return boxes(".number > span, .mark > span, .name span:not([hidden]), .leaflet-control, .leaflet-popup");
    });

    /* Names, hidden where they would cover each other or a hotspot number */
    var names = [];
    var dressed = [];
    config.wijken.eachLayer(function (layer) {
      var own = layer.feature.properties;
      names.push(label(own.at, "name", own.name, "names").addTo(map));
      function card() { return own.cards[state.theme] || { title: own.name, rows: [] }; }
      function chosen() { mark("wijk", state.theme, own.id); }
      dressed.push(reachable(layer, card, chosen));
      things["wijk//" + own.id] = { layer: layer, card: card, theme: "" };
    });
    if (config.neighbours) {
      config.neighbours.eachLayer(function (layer) {
        var other = layer.feature.properties;
        names.push(label(other.at, "name name-far", other.name, "names").addTo(map));
      });
    }

    /* A name stays at its place, or moves a little; it gives way to numbers and other names, where it can also
       to the shapes of hotspots. One that finds no place is left out. */
    var steps = [[0, 0], [0, -18], [0, 18], [-40, 0], [40, 0], [0, -34], [0, 34], [-40, 22], [40, 22], [0, 50]];

    function boxes(selector) {
      return all(selector, frame).map(function (node) { return node.getBoundingClientRect(); });
    }

    /* Numbers of hotspots come first. */
    function untangle() {
      mapFrame.spread(all(".number", frame).concat(all(".mark", frame)));
      var view = frame.getBoundingClientRect();
      var taken = boxes(".number > span, .mark > span");
      var shapes = boxes(".area");
      function free(box, others) {
        return box.left >= view.left && box.right <= view.right && !others.some(function (other) {
          return box.left < other.right + 3 && other.left < box.right + 3 &&
            box.top < other.bottom + 1 && other.top < box.bottom + 1;
        });
      }
      names.forEach(function (marker) {
        var text = marker.getElement().firstChild;
        text.hidden = false;
        var placed = [taken.concat(shapes), taken].some(function (others) {
          return steps.some(function (step) {
            text.style.marginLeft = step[0] + "px";
            text.style.marginTop = step[1] + "px";
            var box = text.getBoundingClientRect();
            if (!free(box, others)) { return false; }
            taken.push(box);
            return true;
          });
        });
        text.hidden = !placed;
      });
      if (backdrop) { backdrop.write(); }
    }

    /* Hotspots: the number opens; an area without one opens itself. */
    Object.keys(config.areas).forEach(function (theme) {
      config.areas[theme].eachLayer(function (layer) {
        var own = layer.feature.properties;
        var marker = null;
        function card() { return own.card; }
        function chosen() { mark("hotspot", theme, own.id); }
        if (own.number) {
          marker = numbered(own.corner, String(own.number),
            "number number-" + (own.status === "new" ? "new" : "kept"), [7, 21], card, chosen);
          layer.on("click", function (event) { show(event.latlng, own.card); chosen(); });
        } else {
          reachable(layer, card, chosen);
        }
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
          marker = numbered(corner, own.mark, kind, ANCHORS[extra.key] || [14, 14], card, chosen);
          extra.marks.push(marker);
          layer.on("click", function (event) { show(event.latlng, own.card); chosen(); });
        } else {
          reachable(layer, card, chosen);
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
      var popup = show(above(found.layer), found.card(), from);
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
      paint();
      dressed.forEach(function (dress) { dress(); });
    }

    function paint() {
      config.extras.forEach(function (extra) {
        var on = Boolean(extra.box && extra.box.checked) && (!extra.theme || extra.theme === state.theme);
        map[on ? "addLayer" : "removeLayer"](extra.layer);
        extra.marks.forEach(function (marker) { map[on ? "addLayer" : "removeLayer"](marker); });
      });
      all("[data-keys]").forEach(function (node) {
        var box = document.getElementById(node.dataset.keys);
        node.hidden = !(box && box.checked);
      });
      Object.keys(config.areas).forEach(function (theme) {
        map[theme === state.theme ? "addLayer" : "removeLayer"](config.areas[theme]);
        if (theme === state.theme) { config.areas[theme].bringToFront(); }
      });
      Object.keys(things).forEach(function (key) {
        var found = things[key];
        if (found.marker) {
          map[map.hasLayer(found.layer) ? "addLayer" : "removeLayer"](found.marker);
        }
      });
      Object.keys(config.density).forEach(function (theme) {
        var on = theme === state.theme && state.colour === "density";
        map[on ? "addLayer" : "removeLayer"](config.density[theme]);
      });
      config.wijken.eachLayer(function (layer) {
        Object.keys(layer.feature.properties.levels).forEach(function (theme) {
          setClass(layer, "level-" + layer.feature.properties.levels[theme], false);
        });
        var level = layer.feature.properties.levels[state.theme];
        setClass(layer, "level-" + level, state.colour === "wijken");
      });
      all("[data-legend]").forEach(function (node) { node.hidden = node.dataset.legend !== state.colour; });
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

    /* Paper has its own measures; the map is fitted again to what the style sheet gives it there. */
    document.addEventListener("paper", function () {
      map.closePopup();
      map.invalidateSize({ pan: false, animate: false });
      home(false);
      untangle();
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
