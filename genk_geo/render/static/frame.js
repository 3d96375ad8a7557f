/* What every map does, whatever is drawn on it: its frame and controls, little movement for who asked for it, and
   popups that work with a keyboard and are announced. No sentence stands here; words come along. */
var mapFrame = (function () {
  "use strict";

  var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  /* Nothing fades; who asked for little movement gets none. */
  L.Map.mergeOptions({ fadeAnimation: false });
  if (calm) { L.Map.mergeOptions({ zoomAnimation: false, markerZoomAnimation: false, inertia: false }); }

  /* Popups stay right of the buttons, which would cover them: on a phone they are as narrow as that takes. */
  var beside = 52, margin = 12, rim = 40;

  function dress(map, words) {
    var frame = map.getContainer();
    L.Popup.mergeOptions({
      maxWidth: Math.min(280, frame.clientWidth - beside - margin - rim),
      autoPanPaddingTopLeft: [beside, margin], autoPanPaddingBottomRight: [margin, margin]
    });
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", words.label);
  }

  /* A popup takes the focus from what opened it, and gives it back once it is gone and nothing else has it. */
  function popups(map, words) {
    var opener = null;       // what had the focus before a popup opened
    map.on("popupclose", function () {
      var lost = !document.activeElement || document.activeElement === document.body ||
        document.activeElement.closest(".leaflet-popup");
      if (lost && opener && document.contains(opener)) { opener.focus({ preventScroll: true }); }
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && document.querySelector(".leaflet-popup")) { map.closePopup(); }
    });
    return {
      /* Before one opens: the one that it closes gives nothing back. */
      opens: function () { opener = null; },
      opened: function (popup, title, from) {
        var box = popup.getElement();
        var close = box.querySelector(".leaflet-popup-close-button");
        if (close) { close.setAttribute("aria-label", words.close); }
        box.setAttribute("role", "dialog");
        box.setAttribute("aria-label", title);
        opener = from || null;
        if (opener) {
          box.tabIndex = -1;
          box.focus({ preventScroll: true });
        }
      }
    };
  }

  /* Where a mark may go, the nearest first. */
  var shifts = [];
  for (var east = -84; east <= 84; east += 28) {
    for (var south = -78; south <= 78; south += 26) { shifts.push([east, south]); }
  }
  shifts.sort(function (a, b) { return Math.hypot(a[0], a[1]) - Math.hypot(b[0], b[1]); });

  /* Marks at one place stand beside each other: the first ones keep theirs, and each moves as little as it has to.
     One that finds no room stays. */
  function spread(marks) {
    var kept = [];
    function free(box) {
      return !kept.some(function (other) {
        return box.left < other.right - 1 && other.left < box.right - 1 &&
          box.top < other.bottom - 1 && other.top < box.bottom - 1;
      });
    }
    marks.forEach(function (node) {
      var sign = node.firstChild;
      function moved(step) {
        sign.style.transform = step[0] || step[1] ? "translate(" + step[0] + "px," + step[1] + "px)" : "";
        return sign.getBoundingClientRect();
      }
      if (!shifts.some(function (step) { return free(moved(step)); })) { moved([0, 0]); }
      kept.push(sign.getBoundingClientRect());
    });
  }

  return { calm: calm, dress: dress, popups: popups, spread: spread };
}());
