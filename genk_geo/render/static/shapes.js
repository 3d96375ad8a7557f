/* Shapes, signs and names on a map, alike on every map of a page: each opens its popup by mouse and by keyboard,
   and says what it is. No sentence stands here; words come along. */
var mapShapes = (function () {
  "use strict";

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

  /* Words after the name of a thing, for who hears the map instead of seeing it. */
  function spoken(card) {
    return [card.title, card.note].concat(card.rows.slice(0, 4).map(function (row) {
      return row.join(" ");
    })).filter(Boolean).join(", ");
  }

  /* The name of an area. */
  function name(at, className, text) {
    var icon = L.divIcon({ className: className, html: element("span", "", text), iconSize: [0, 0] });
    return L.marker(at, { icon: icon, pane: "names", interactive: false, keyboard: false });
  }

  /* The colour of a wijk: one level or none. */
  function level(layer, value) {
    var path = layer.getElement && layer.getElement();
    if (!path) { return; }
    Array.from(path.classList).forEach(function (one) {
      if (one.indexOf("level-") === 0) { path.classList.remove(one); }
    });
    if (value) { path.classList.add("level-" + value); }
  }

  function above(layer) {
    if (!layer.getBounds) { return layer.getLatLng(); }
    var box = layer.getBounds();
    return [box.getNorth(), box.getCenter().lng];
  }

  /* What opens on one map. */
  function on(map, words) {
    var popups = mapFrame.popups(map, words);

    function show(at, card, from) {
      popups.opens();
      var popup = L.popup({ minWidth: 200 });
      popup.setLatLng(at).setContent(cardNode(card)).openOn(map);
      popups.opened(popup, card.title, from);
      return popup;
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

    /* A hotspot: its number opens; an area without one opens itself. */
    function hotspot(layer, at, own, card, opened) {
      if (!own.number) {
        reachable(layer, card, opened);
        return null;
      }
      layer.on("click", function (event) {
        show(event.latlng, card());
        if (opened) { opened(); }
      });
      var kind = "number number-" + (own.status === "new" ? "new" : "kept");
      return numbered(at, String(own.number), kind, [7, 21], card, opened);
    }

    return { show: show, reachable: reachable, numbered: numbered, hotspot: hotspot };
  }

  function boxes(frame, selector) {
    return Array.from(frame.querySelectorAll(selector)).map(function (node) {
      return node.getBoundingClientRect();
    });
  }

  /* A name stays at its place, or moves a little; it gives way to numbers and other names, where it can also
     to the shapes of hotspots. One that finds no place is left out. */
  var steps = [[0, 0], [0, -18], [0, 18], [-40, 0], [40, 0], [0, -34], [0, 34], [-40, 22], [40, 22], [0, 50]];

  /* Numbers of hotspots come first. */
  function untangle(frame, names) {
    mapFrame.spread(Array.from(frame.querySelectorAll(".number")).concat(Array.from(frame.querySelectorAll(".mark"))));
    var view = frame.getBoundingClientRect();
    var taken = boxes(frame, ".number > span, .mark > span, .leaflet-control");
    var shapes = boxes(frame, ".area");
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

  /* Where names of the backdrop may not stand. */
  function taken(frame) {
    return boxes(frame, ".number > span, .mark > span, .name span:not([hidden]), .leaflet-control, .leaflet-popup");
  }

  return { on: on, name: name, level: level, above: above, untangle: untangle, taken: taken };
}());
