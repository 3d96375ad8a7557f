/* Names on the backdrop: known places and main streets first, more on zooming in, none over another, nor over a
   number, mark or name of what was found. Along its street where that runs straight for long enough. */
var backdropNames = (function () {
  "use strict";

  var SIZE = 11.5;           // pixels of the letters on a screen
  var PAPER = 8.5;           // on paper, which is read from nearer: what would stand there one zoom closer
  var CLEAR = 3;             // pixels between two names
  var BEND = 4;              // so many pixels a street may leave its name
  var OVERHANG = 1.35;       // a name may be so much longer than its street
  var STEP = 14;             // pixels between two tries along a street
  /* From which zoom names of a kind are written: of lines by class, of places by rank. */
  var FROM = { "street-1": 11.5, "street-2": 12.5, "street-3": 13.25, "street-4": 15.5, rail: 99, stream: 14 };
  var RANKS = { landmark: [0, 11], street: [0, 11.5, 13, 13.75] };
  /* Far out fewer names stand, each with more room. */
  function room(zoom) { return Math.max(CLEAR, 26 - 16 * Math.max(0, zoom - 13)); }

  /* What is taken, as squares in a grid, so that a name asks its neighbours only. */
  function ground() {
    var cells = new Map(), side = 64;
    function each(box, visit) {
      for (var x = Math.floor(box[0] / side); x <= Math.floor(box[2] / side); x += 1) {
        for (var y = Math.floor(box[1] / side); y <= Math.floor(box[3] / side); y += 1) {
          if (visit(x * 65536 + y)) { return true; }
        }
      }
      return false;
    }
    return {
      free: function (box) {
        return !each(box, function (key) {
          return (cells.get(key) || []).some(function (other) {
            return box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
          });
        });
      },
      take: function (box) {
        each(box, function (key) {
          if (!cells.has(key)) { cells.set(key, []); }
          cells.get(key).push(box);
        });
      }
    };
  }

  /* A slanted name as squares along it. */
  function squares(x, y, angle, width, size, clear) {
    var half = size / 2 + clear, reach = width / 2, boxes = [];
    var count = Math.max(1, Math.ceil(width / size));
    for (var n = 0; n <= count; n += 1) {
      var along = -reach + width * n / count;
      var cx = x + Math.cos(angle) * along, cy = y + Math.sin(angle) * along;
      boxes.push([cx - half, cy - half, cx + half, cy + half]);
    }
    return boxes;
  }

  function level(x, y, width, size, clear) {
    return [[x - width / 2 - clear, y - size / 2 - clear, x + width / 2 + clear, y + size / 2 + clear]];
  }

  /* Corners of a line in pixels, with how far along each lies. */
  function course(shape, scale, at) {
    var points = [], along = 0;
    for (var c = 0; c < shape.xy.length; c += 2) {
      var x = shape.xy[c] * scale - at.left, y = shape.xy[c + 1] * scale - at.top;
      if (c) { along += Math.hypot(x - points[points.length - 1][0], y - points[points.length - 1][1]); }
      points.push([x, y, along]);
    }
    return points;
  }

  function pointAt(points, along, from) {
    var n = from;
    while (n < points.length - 2 && points[n + 1][2] < along) { n += 1; }
    var a = points[n], b = points[n + 1], part = (along - a[2]) / Math.max(1e-9, b[2] - a[2]);
    return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, n];
  }

  /* Stretches of a line that are straight enough for a name, those in the middle of the street first. */
  function stretches(points, width) {
    var whole = points[points.length - 1][2];
    if (whole * OVERHANG < width) { return []; }
    var need = Math.min(width, whole), found = [], middle = (whole - need) / 2;
    var tries = Math.min(60, Math.floor(middle / STEP));
    for (var n = 0; n <= 2 * tries; n += 1) {
      var start = middle + STEP * (n % 2 ? (n + 1) / 2 : -n / 2);
      var a = pointAt(points, start, 0), b = pointAt(points, start + need, a[2]);
      var dx = b[0] - a[0], dy = b[1] - a[1], chord = Math.hypot(dx, dy), straight = chord > 0;
      for (var c = a[2] + 1; straight && c <= b[2]; c += 1) {
        straight = Math.abs((points[c][0] - a[0]) * dy - (points[c][1] - a[1]) * dx) <= BEND * chord;
      }
      if (straight && chord >= 0.94 * need) {
        var angle = Math.atan2(dy, dx);
        if (angle > Math.PI / 2 || angle <= -Math.PI / 2) { angle += angle > 0 ? -Math.PI : Math.PI; }
        found.push([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, angle]);
      }
    }
    return found;
  }

  /* A street and a place that are called alike but for capitals are written once. */
  function alike(name) { return name.toLocaleLowerCase(); }

  function longest(shapes) {
    return shapes.slice().sort(function (a, b) { return b.span - a.span; });
  }

  function painter(told, lines, places, map, taken) {
    var ink = getComputedStyle(document.documentElement);
    var family = getComputedStyle(map.getContainer()).fontFamily;
    var widths = {};
    var streets = lines.filter(function (layer) { return FROM[layer.kind] < 99; }).reverse();

    return function (pen, at, onPaper) {
      var size = onPaper ? PAPER : SIZE, zoom = at.zoom + (onPaper ? 1 : 0);
      var scale = Math.pow(2, at.zoom - told.zoom), clear = onPaper ? CLEAR + 2 : room(zoom), free = ground(), written = {};
      var frame = map.getContainer().getBoundingClientRect();
      var shift = map.layerPointToContainerPoint([0, 0]);
      var left = at.left - map.getPixelOrigin().x + shift.x, top = at.top - map.getPixelOrigin().y + shift.y;
      taken().forEach(function (box) {
        free.take([box.left - frame.left - left - 2, box.top - frame.top - top - 2,
          box.right - frame.left - left + 2, box.bottom - frame.top - top + 2]);
      });

      function font(kind) {
        pen.font = (kind === "landmark" ? "600 " : "") + size + "px " + family;
      }
      function width(name, kind) {
        var key = (kind === "landmark" ? "!" : "") + size + name;
        if (!(key in widths)) {
          font(kind);
          widths[key] = pen.measureText(name).width;
        }
        return widths[key];
      }
      function inside(boxes) {
        return boxes.every(function (box) {
          return box[0] > 0 && box[1] > 0 && box[2] < at.width && box[3] < at.height && free.free(box);
        });
      }
      function write(name, kind, x, y, angle, boxes) {
        boxes.forEach(free.take);
        written[alike(name)] = { name: name, kind: kind };
        font(kind);
        pen.save();
        pen.translate(x, y);
        pen.rotate(angle);
        pen.strokeText(name, 0, 0);
        pen.fillText(name, 0, 0);
        pen.restore();
      }

      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.lineJoin = "round";
      pen.lineWidth = 3;
      pen.strokeStyle = ink.getPropertyValue("--paper");
      pen.fillStyle = ink.getPropertyValue("--street-name");

      places.forEach(function (layer) {
        layer.shapes.forEach(function (shape) {
          if (zoom < RANKS[layer.kind][shape.rank] || written[alike(shape.name)]) { return; }
          var x = shape.xy[0] * scale - at.left, y = shape.xy[1] * scale - at.top;
          var wide = width(shape.name, layer.kind);
          [0, -12, 12, -22, 22].some(function (dy) {
            if (!inside(level(x, y + dy, wide, size, clear))) { return false; }
            write(shape.name, layer.kind, x, y + dy, 0, level(x, y + dy, wide, size, CLEAR));
            return true;
          });
        });
      });
      streets.forEach(function (layer) {
        if (zoom < FROM[layer.kind]) { return; }
        longest(layer.shapes).forEach(function (shape) {
          if (!shape.name || written[alike(shape.name)] || !at.sees(shape.box, scale)) { return; }
          var wide = width(shape.name, layer.kind);
          stretches(course(shape, scale, at), wide).some(function (spot) {
            function along(apart) { return squares(spot[0], spot[1], spot[2], wide, size, apart); }
            if (!inside(along(clear))) { return false; }
            write(shape.name, layer.kind, spot[0], spot[1], spot[2], along(CLEAR));
            return true;
          });
        });
      });
      /* A canvas says nothing of itself: what stands on it can be asked for. */
      var all = Object.keys(written).map(function (key) { return written[key]; });
      map.getContainer().dataset.names = all.map(function (one) { return one.name; }).join("|");
      return all.filter(function (one) { return one.kind !== "landmark"; }).length;
    };
  }

  return { painter: painter };
}());
