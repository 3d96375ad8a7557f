/* The map of the traffic page: layers with classes, popups made of text nodes, and the tables as a second way to
   what is on it. No sentence stands here; words come along. */
var trafficPage = (function () {
  "use strict";

  function card(feature) {
    var node = document.createElement("div");
    var title = document.createElement("p");
    title.className = "card-title";
    title.textContent = feature.properties.title;
    node.appendChild(title);
    feature.properties.rows.forEach(function (row) {
      var line = document.createElement("p");
      line.className = "card-row";
      line.textContent = row[0] ? row[0] + ": " + row[1] : row[1];
      node.appendChild(line);
    });
    return node;
  }

  /* What a card says, for who hears it. */
  function spoken(feature) {
    return [feature.properties.title].concat(feature.properties.rows.slice(0, 4).map(function (row) {
      return row.filter(Boolean).join(" ");
    })).join(", ");
  }

  /* Streets are many and stand in no table, and a point is reached by its number. */
  var UNREACHED = ["streets", "points"];

  function start(config) {
    var map = config.map;
    var popups = mapFrame.popups(map, config.words);
    var layers = {};
    var things = {};

    mapFrame.dress(map, config.words);

    map.on("popupopen", function (event) {
      var title = event.popup.getElement().querySelector(".card-title").textContent;
      var from = document.activeElement;
      popups.opened(event.popup, title, from && from.matches("button, .traffic-mark, path") ? from : null);
    });

    /* A shape that says what it is and opens with Enter as with a click. */
    function reachable(layer, feature) {
      layer.on("add", function () {
        var node = layer.getElement();
        if (!node) { return; }
        node.setAttribute("tabindex", "0");
        node.setAttribute("role", "button");
        node.setAttribute("aria-label", spoken(feature));
        node.addEventListener("keydown", function (event) {
          if (event.key !== "Enter" && event.key !== " ") { return; }
          event.preventDefault();
          event.stopPropagation();
          layer.openPopup(feature.properties.at);
        });
      });
    }

    function drawn(features, interactive, key) {
      return L.geoJSON(features, {
        interactive: interactive,
        style: function (feature) { return { className: feature.properties.kind }; },
        onEachFeature: function (feature, layer) {
          if (!interactive) { return; }
          layer.bindPopup(function () { return card(feature); });
          if (UNREACHED.indexOf(key) < 0) { reachable(layer, feature); }
          if (feature.properties.id) { things[feature.properties.id] = { layer: layer, at: feature.properties.at }; }
        }
      });
    }

    var backdrop = config.backdrop && mapBackdrop.add(map, config.backdrop, function () {
      var signs = map.getContainer().querySelectorAll(".traffic-mark span, .leaflet-control");
      return Array.prototype.map.call(signs, function (sign) { return sign.getBoundingClientRect(); });
    });

    drawn(config.outlines, false).addTo(map);
    /* Numbers come before the shapes by keyboard, as in the tables; what lies on top is told by CSS. */
    map.getPane("mapPane").insertBefore(map.getPane("markerPane"), map.getPane("mapPane").firstChild);
    config.layers.forEach(function (told) {
      var group = L.layerGroup([drawn(told.features, true, told.key)]);
      if (told.key === "points") {
        told.features.features.forEach(function (feature) {
          var watched = feature.properties.kind.indexOf("watch") >= 0;
          var span = document.createElement("span");
          span.textContent = feature.properties.number;
          var icon = L.divIcon({ className: "traffic-mark" + (watched ? " watched" : ""), html: span, iconSize: [0, 0] });
          var mark = L.marker(feature.properties.at, { icon: icon, alt: feature.properties.title, title: feature.properties.title });
          mark.bindPopup(function () { return card(feature); });
          mark.on("add", function () { mark.getElement().setAttribute("aria-label", spoken(feature)); });
          group.addLayer(mark);
        });
      }
      layers[told.key] = group;
    });
    if (config.base) { layers.base = config.base; map.removeLayer(config.base); }

    Array.prototype.forEach.call(document.querySelectorAll("input[data-layer]"), function (box) {
      function set() {
        var layer = layers[box.getAttribute("data-layer")];
        if (!layer) { return; }
        if (box.checked) { map.addLayer(layer); } else { map.removeLayer(layer); }
      }
      box.addEventListener("change", set);
      set();
    });

    Array.prototype.forEach.call(document.querySelectorAll("button[data-thing]"), function (button) {
      var thing = things[button.getAttribute("data-thing")];
      if (!thing) { return; }
      button.addEventListener("click", function () {
        if (thing.layer.getBounds) {
          map.fitBounds(thing.layer.getBounds(), { maxZoom: 16, padding: [24, 24] });
        } else {
          map.setView(thing.at, 16);
        }
        var key = button.getAttribute("data-thing").split("-")[0];
        if (layers[key] && !map.hasLayer(layers[key])) {
          map.addLayer(layers[key]);
          var box = document.querySelector("input[data-layer=" + key + "]");
          if (box) { box.checked = true; }
        }
        thing.layer.openPopup(thing.at);
        map.getContainer().scrollIntoView({ block: "center" });
      });
    });

    /* The wheel scrolls the page until the reader is at work in the map. */
    map.on("click focus", function () { map.scrollWheelZoom.enable(); });
    map.on("mouseout blur", function () { map.scrollWheelZoom.disable(); });

    /* The strongest points keep their place. */
    function spread() {
      mapFrame.spread(Array.prototype.slice.call(map.getContainer().querySelectorAll(".traffic-mark")));
      if (backdrop) { backdrop.write(); }
    }
    map.on("zoomend moveend layeradd resize", spread);

    function home() { map.fitBounds(config.bounds, { padding: [8, 8] }); }
    var button = document.getElementById("traffic-home");
    if (button) { button.addEventListener("click", home); }
    home();

    /* Paper has its own measures; the map is fitted again to what the style sheet gives it there. */
    document.addEventListener("paper", function () {
      map.closePopup();
      map.invalidateSize({ pan: false, animate: false });
      map.fitBounds(config.bounds, { padding: [8, 8], animate: false });
      spread();
    });
    spread();
    map.getContainer().setAttribute("data-ready", "1");
  }

  return { start: start };
})();
