/* The weeks that a map goes through, with the slider under it: colours of wijken, hotspots and the sentence change
   together. Of every week the page carries what its own page showed, the week of the page last:

     weeks     {name, spoken, page, link} of each
     wijken    keys, and `names`
     shapes    outlines, each once (coded/outlines.py)
     themes    key -> for each week {says, wijken: [[level, count, range] or [], ...],
               spots: [[shape, number, title, status, place, window, count, since], ...]}
     texts     what most of these numbers stand for; `words` of the popups

   No sentence stands here; words come along. */
var mapWeeks = (function () {
  "use strict";

  function told() {
    var node = document.getElementById("weken-gegevens");
    if (!node) { return null; }
    var own = JSON.parse(node.textContent);
    own.last = own.weeks.length - 1;
    own.outlines = outlines(own.shapes);
    return own;
  }

  /* Rings of each outline, in degrees. */
  function outlines(coded) {
    var read = mapNumbers.reader(coded.data), x = coded.origin[0], y = coded.origin[1], found = [];
    function ring() {
      var corners = [];
      for (var left = read.number(); left > 0; left -= 1) {
        x += read.signed();
        y += read.signed();
        corners.push(L.CRS.EPSG3857.pointToLatLng(L.point(x, y), coded.zoom));
      }
      return corners;
    }
    while (found.length < coded.shapes) {
      var rings = [];
      for (var left = read.number(); left > 0; left -= 1) { rings.push(ring()); }
      found.push(rings);
    }
    return found;
  }

  /* One map with its slider. `own` is what told() gave; `always`: it has no layers of its own for the last week. */
  function view(map, shapes, own, panel, changed, always) {
    var at = own.last, theme = null, drawn = L.layerGroup().addTo(map);
    var slider = panel.querySelector("input");
    var says = panel.querySelector("[role=status]");
    var link = panel.querySelector("a");

    function text(number) { return own.texts[number]; }

    function of() { return own.themes[theme][at]; }

    function wijk(id) {
      var row = of().wijken[own.wijken.indexOf(id)];
      return row && row.length ? row.map(text) : null;
    }

    function wijkCard(id) {
      var row = wijk(id);
      return {
        title: own.names[own.wijken.indexOf(id)], note: own.weeks[at].spoken,
        rows: row ? [
          [own.words.observed, row[1]], [own.words.expected, row[2]], [own.words.level, own.words.levels[row[0]]]
        ] : [[own.words.level, own.words.levels.none]]
      };
    }

    function spotCard(spot) {
      var row = spot.slice(2).map(text);
      return {
        title: row[0] + ", " + own.weeks[at].name, note: row[2],
        rows: [[own.words.status, own.words.statuses[row[1]]], [row[3], row[4]], [own.words.since, row[5]]]
      };
    }

    function draw() {
      drawn.clearLayers();
      if (at === own.last && !always) { return; }
      of().spots.forEach(function (spot) {
        var status = text(spot[3]), card = function () { return spotCard(spot); };
        var area = L.polygon(own.outlines[spot[0]], {
          className: "area area-" + (status === "new" || status === "gone" ? status : "kept")
        });
        drawn.addLayer(area);
        var number = shapes.hotspot(area, area.getBounds().getNorthEast(), { number: spot[1], status: status }, card);
        if (number) { drawn.addLayer(number); }
      });
    }

    function tell() {
      var week = own.weeks[at];
      slider.value = String(at);
      slider.setAttribute("aria-valuetext", week.spoken);
      panel.querySelector(".week-name").textContent = week.spoken;
      if (says.textContent !== of().says) { says.textContent = of().says; }
      link.parentNode.hidden = !week.page;
      link.href = week.page + "#thema=" + theme;
      link.textContent = week.link || "";
    }

    function go(to, quietly) {
      if (to === at) { return; }
      map.closePopup();
      at = to;
      draw();
      tell();
      if (!quietly) { changed(); }
    }

    slider.addEventListener("input", function () { go(Number(slider.value)); });

    return {
      go: go,
      at: function () { return at; },
      isNow: function () { return at === own.last; },
      wijk: wijkCard,
      level: function (id) {
        var row = wijk(id);
        return row && row[0] !== "none" ? row[0] : "";
      },
      choose: function (other) {
        theme = other;
        draw();
        tell();
      }
    };
  }

  return { told: told, view: view };
}());
