/* What lies under a map: streets, water, rail and green on one canvas, names on another above what was found.
   The page carries it as numbers (see backdrop.py); nothing is asked of any host. No sentence stands here. */
var mapBackdrop = (function () {
  "use strict";

  /* How a kind is drawn: from which zoom, width there and at zoom 17 (pixels), colour, edge, dashes. */
  var LINES = {
    stream: { from: 12, width: [1, 3], colour: "--water" },
    rail: { from: 11, width: [1.2, 2.4], colour: "--rail", dash: [6, 4] },
    "street-4": { from: 15, width: [1, 3], colour: "--street", edge: 0.8 },
    "street-3": { from: 12.75, width: [1, 8], colour: "--street", edge: 1 },
    "street-2": { from: 10, width: [2.2, 11], colour: "--street", edge: 1.2 },
    "street-1": { from: 8, width: [3.4, 14], colour: "--main-street", edge: 1.4 }
  };
  var AREAS = { green: "--green", water: "--water" };

  /* Shapes by kind, in the order of drawing: {name, rank, xy: [x, y, x, y, ...], box}. */
  function decoded(told, layer, named) {
    var read = mapNumbers.reader(layer.data), x = told.origin[0], y = told.origin[1];
    return layer.kinds.map(function (kind) {
      var shapes = [];
      for (var n = 0; n < kind[1]; n += 1) {
        var shape = { kind: kind[0], name: told.names[read.number() - 1] || "" };
        if (named) { shape.rank = read.number(); }
        var corners = named ? 1 : read.number();
        var xy = new Float64Array(2 * corners);
        var box = [Infinity, Infinity, -Infinity, -Infinity];
        for (var c = 0; c < corners; c += 1) {
          x += read.signed();
          y += read.signed();
          xy[2 * c] = x;
          xy[2 * c + 1] = y;
          box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
        }
        shape.xy = xy;
        shape.box = box;
        shape.span = Math.hypot(box[2] - box[0], box[3] - box[1]);
        shapes.push(shape);
      }
      return { kind: kind[0], shapes: shapes };
    });
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  /* A canvas that moves with the map and is drawn anew when the map has come to rest, as Leaflet's own. */
  var Sheet = L.Renderer.extend({
    initialize: function (paint, options) {
      L.Renderer.prototype.initialize.call(this, options);
      this._paint = paint;
    },
    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._container.className = "backdrop";
      this._container.setAttribute("aria-hidden", "true");
    },
    _renew: function () {
      var old = this._container;
      this._initContainer();
      this._container.className = old.className;
      old.replaceWith(this._container);
    },
    _destroyContainer: function () {
      this._container.remove();
      delete this._container;
    },
    _updatePaths: function () {},
    getEvents: function () {
      var events = L.Renderer.prototype.getEvents.call(this);
      /* Names wait until the page has moved what they leave room for, and asks for them. */
      if (this.options.waits) { delete events.moveend; }
      return events;
    },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) { return; }
      var began = performance.now();
      L.Renderer.prototype._update.call(this);
      /* A canvas that was drawn on before shows the old strokes too when Chromium prints it. */
      if (this.fine) { this._renew(); }
      var size = this._bounds.getSize(), fine = this.fine || window.devicePixelRatio || 1;
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._container.width = fine * size.x;
      this._container.height = fine * size.y;
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      var pen = this._container.getContext("2d");
      pen.scale(fine, fine);
      this.streets = this._paint(pen, view(this._map, this._bounds), Boolean(this.fine));
      performance.measure(this.options.pane, { start: began });
    }
  });

  /* From steps of the page's numbers to pixels of the canvas. */
  function view(map, bounds) {
    var zoom = map.getZoom(), corner = map.getPixelOrigin().add(bounds.min), size = bounds.getSize();
    return {
      zoom: zoom, left: corner.x, top: corner.y, width: size.x, height: size.y,
      sees: function (box, scale) {
        return box[2] * scale > corner.x && box[0] * scale < corner.x + size.x &&
          box[3] * scale > corner.y && box[1] * scale < corner.y + size.y;
      }
    };
  }

  function trace(pen, shape, scale, at) {
    pen.moveTo(shape.xy[0] * scale - at.left, shape.xy[1] * scale - at.top);
    for (var c = 2; c < shape.xy.length; c += 2) {
      pen.lineTo(shape.xy[c] * scale - at.left, shape.xy[c + 1] * scale - at.top);
    }
  }

  function paintGround(told, lines, areas) {
    return function (pen, at, onPaper) {
      var scale = Math.pow(2, at.zoom - told.zoom), thin = onPaper ? 0.55 : 1;
      function path(shapes) {
        pen.beginPath();
        shapes.forEach(function (shape) { if (at.sees(shape.box, scale)) { trace(pen, shape, scale, at); } });
      }
      areas.forEach(function (layer) {
        path(layer.shapes);
        pen.globalAlpha = 0.4;
        pen.fillStyle = colour(AREAS[layer.kind]);
        pen.fill("evenodd");
      });
      pen.lineJoin = "round";
      pen.globalAlpha = 0.85;
      var drawn = lines.filter(function (layer) { return at.zoom >= LINES[layer.kind].from; });
      /* All edges first, so that streets that meet run into each other. */
      [true, false].forEach(function (edges) {
        drawn.forEach(function (layer) {
          var how = LINES[layer.kind];
          if (edges && !how.edge) { return; }
          var grown = Math.max(0, Math.min(1, (at.zoom - how.from) / (told.zoom - how.from)));
          var wide = how.width[0] + (how.width[1] - how.width[0]) * grown * grown;
          path(layer.shapes);
          pen.lineCap = how.dash ? "butt" : "round";
          pen.setLineDash(how.dash || []);
          pen.lineWidth = thin * (edges ? wide + 2 * how.edge : wide);
          pen.strokeStyle = colour(edges ? "--street-edge" : how.colour);
          pen.stroke();
        });
      });
    };
  }

  /* Puts the backdrop under a map. `taken()` gives the rectangles on the page where no name may stand. */
  function add(map, told, taken) {
    if (!told) { return null; }
    var began = performance.now();
    var lines = decoded(told, told.lines), areas = decoded(told, told.areas);
    var places = decoded(told, told.places, true);
    performance.measure("backdrop-read", { start: began });
    [["backdrop", 365], ["backdrop-names", 440]].forEach(function (pane) {
      map.createPane(pane[0]).style.zIndex = pane[1];
      map.getPane(pane[0]).style.pointerEvents = "none";
    });
    var ground = new Sheet(paintGround(told, lines, areas), { pane: "backdrop", padding: 0.1 });
    var names = new Sheet(backdropNames.painter(told, lines, places, map, taken), {
      pane: "backdrop-names", padding: 0, waits: true
    });
    ground.addTo(map);
    names.addTo(map);
    /* Paper is finer than a screen. */
    document.addEventListener("paper", function (event) {
      ground.fine = names.fine = event.detail ? 3 : 0;
      [ground, names].forEach(function (sheet) { sheet._update(); });
    });
    function write() { if (map.hasLayer(names)) { names._update(); } }
    map.on("popupopen popupclose", write);
    return { write: write, streets: function () { return names.streets; }, drawn: lines.length > 0 };
  }

  return { add: add };
}());
