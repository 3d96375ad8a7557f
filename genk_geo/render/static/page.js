/* What the page does with the map that folium built: one theme at a time, colours by class name, popups made of
   text nodes, and the table as a second way to everything on the map. No sentence stands here; words come along. */
(function () {
  "use strict";

  var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function all(selector, root) {
    return Array.prototype.slice.call((root || document).querySelectorAll(selector));
  }

  function element(tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  /* A card is {title, note, rows: [[label, value], ...]}: plain texts, never markup. */
  function cardNode(card) {
    var node = element("div", "card-popup");
    node.appendChild(element("p", "card-title", card.title));
    if (card.note) { node.appendChild(element("p", "card-note", card.note)); }
    var list = element("dl");
    card.rows.forEach(function (row) {
      list.appendChild(element("dt", "", row[0]));
      list.appendChild(element("dd", "", row[1]));
    });
    node.appendChild(list);
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

  function start(config) {
    var map = config.map;
    var state = { theme: null, colour: "wijken" };
    var hotspots = {};       // "theme/id" -> {layer, marker, feature}
    var opener = null;       // what had the focus before a popup opened
    var frame = map.getContainer();
    var panel = document.getElementById("kaart");

    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: config.words.zoomIn, zoomOutTitle: config.words.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", config.words.label);

    function home(animate) {
      map.fitBounds(config.bounds, { padding: [14, 14], animate: animate && !calm });
    }

    home(false);

    /* Popups */
    function show(at, card, from) {
      opener = from || null;
      var popup = L.popup({ maxWidth: 280, minWidth: 200, autoPanPadding: [24, 24] });
      popup.setLatLng(at).setContent(cardNode(card)).openOn(map);
      var box = popup.getElement();
      var close = box.querySelector(".leaflet-popup-close-button");
      if (close) { close.setAttribute("aria-label", config.words.close); }
      box.setAttribute("role", "dialog");
      box.setAttribute("aria-label", card.title);
      if (from) {
        box.tabIndex = -1;
        box.focus({ preventScroll: true });
      }
    }

    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !document.querySelector(".leaflet-popup")) { return; }
      var back = opener;
      map.closePopup();
      if (back) { back.focus(); }
    });

    function above(layer) {
      var box = layer.getBounds();
      return [box.getNorth(), box.getCenter().lng];
    }

    /* Names, hidden where they would cover each other or a hotspot number */
    var names = [];
    config.wijken.eachLayer(function (layer) {
      var own = layer.feature.properties;
      names.push(label(own.at, "name", own.name, "names").addTo(map));
      layer.on("click", function (event) { show(event.latlng, own.cards[state.theme]); });
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

    function untangle() {
      var view = frame.getBoundingClientRect();
      var taken = boxes(".number");
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
    }

    /* Hotspots */
    Object.keys(config.areas).forEach(function (theme) {
      config.areas[theme].eachLayer(function (layer) {
        var own = layer.feature.properties;
        var marker = null;
        if (own.number) {
          var icon = L.divIcon({
            className: "number number-" + (own.status === "new" ? "new" : "kept"),
            html: element("span", "", String(own.number)), iconSize: [28, 28], iconAnchor: [7, 21]
          });
          marker = L.marker(own.corner, { icon: icon, keyboard: true, riseOnHover: true });
          marker.on("add", function () { marker.getElement().setAttribute("aria-label", own.card.title); });
          marker.on("click keypress", function (event) {
            if (event.type === "click" || event.originalEvent.key === "Enter") {
              show(above(layer), own.card, marker.getElement());
              mark(theme, own.id);
            }
          });
        }
        layer.on("click", function (event) { show(event.latlng, own.card); mark(theme, own.id); });
        hotspots[theme + "/" + own.id] = { layer: layer, marker: marker, own: own };
      });
    });

    /* Zones of the environment lie under the hotspots and are shown on request */
    var zonesBox = document.getElementById("zones");
    Object.keys(config.zones).forEach(function (theme) {
      config.zones[theme].eachLayer(function (layer) {
        layer.on("click", function (event) { show(event.latlng, layer.feature.properties.card); });
      });
    });
    if (zonesBox) { zonesBox.addEventListener("change", function () { paint(); }); }

    function mark(theme, id) {
      all("tr[data-hotspot]").forEach(function (row) {
        row.classList.toggle("chosen", row.dataset.theme === theme && row.dataset.hotspot === id);
      });
    }

    function goTo(row, from) {
      var found = hotspots[row.dataset.theme + "/" + row.dataset.hotspot];
      if (!found) { return; }
      choose(row.dataset.theme);
      var inView = frame.getBoundingClientRect();
      if (inView.top < 0 || inView.bottom > window.innerHeight) {
        panel.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
      }
      map.fitBounds(found.layer.getBounds(), { maxZoom: 14.5, padding: [60, 60], animate: false });
      show(above(found.layer), found.own.card, from);
      mark(row.dataset.theme, row.dataset.hotspot);
    }

    all("tr[data-hotspot]").forEach(function (row) {
      var button = row.querySelector("button");
      row.classList.add("clickable");
      row.addEventListener("click", function () { goTo(row, button); });
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
      paint();
    }

    function paint() {
      var zonesOn = Boolean(zonesBox && zonesBox.checked);
      Object.keys(config.zones).forEach(function (theme) {
        var on = zonesOn && theme === state.theme;
        map[on ? "addLayer" : "removeLayer"](config.zones[theme]);
        if (on) { config.zones[theme].bringToBack(); config.wijken.bringToBack(); }
      });
      all("[data-zones]").forEach(function (node) { node.hidden = !zonesOn; });
      Object.keys(config.areas).forEach(function (theme) {
        map[theme === state.theme ? "addLayer" : "removeLayer"](config.areas[theme]);
      });
      Object.keys(hotspots).forEach(function (key) {
        var found = hotspots[key];
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
      /* One tile tells whether there is a connection; without one the rest is not asked for. */
      var middle = map.project(map.getCenter(), 13).divideBy(256).floor();
      var probe = new Image();
      probe.onload = function () { base.checked = true; map.addLayer(config.base); };
      probe.src = L.Util.template(config.base._url, { z: 13, x: middle.x, y: middle.y });
    }
    var back = document.getElementById("home");
    if (back) { back.addEventListener("click", function () { map.closePopup(); home(true); }); }

    /* The wheel scrolls the page until the reader is at work in the map. */
    map.on("click focus", function () { map.scrollWheelZoom.enable(); });
    map.on("mouseout blur", function () { map.scrollWheelZoom.disable(); });
    map.on("zoomend moveend resize", untangle);

    /* Paper has its own measures; the map is fitted again to what the style sheet gives it there. */
    function refit(className) {
      document.documentElement.classList.toggle("on-paper", className);
      map.invalidateSize({ pan: false, animate: false });
      home(false);
      untangle();
    }
    window.addEventListener("beforeprint", function () { map.closePopup(); refit(true); });
    window.addEventListener("afterprint", function () { refit(false); });

    var first = document.querySelector("[data-choose-theme]");
    if (first) { choose(first.dataset.chooseTheme); }
    document.documentElement.classList.add("ready");
  }

  window.hotspotPage = { start: start };
  document.documentElement.classList.remove("no-script");
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });
})();
