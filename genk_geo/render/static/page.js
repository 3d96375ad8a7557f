/* What every page does: print on the paper it is made for, and find a wijk by its name. */
(function () {
  "use strict";

  var root = document.documentElement;
  root.classList.remove("no-script");

  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail: detail }));
  }

  /* Paper. Its style sheet is switched on before the browser measures, so that what does not fit can be made a
     little smaller. What would become too small to read goes on to a next sheet. */
  var SMALLEST = 0.62;
  var paper = document.getElementById("papier");

  function height(sheet, fit) {
    var box = sheet.getBoundingClientRect();
    /* Browsers differ in whether a box is told before or after zooming; its width is known. */
    return (box.height + box.top + window.scrollY) * (Number(document.body.dataset.width) / box.width || fit);
  }

  /* Folds: the legend is long on a phone; paper shows what belongs on it; a link opens what it leads to. */
  function folds(open) {
    document.querySelectorAll("details.on-paper,details[data-fold]").forEach(function (one) {
      if (open) { one.dataset.was = one.open ? "1" : ""; one.open = true; } else { one.open = one.dataset.was === "1"; }
    });
  }

  if (window.matchMedia("(max-width:700px)").matches) {
    document.querySelectorAll("details[data-fold]").forEach(function (one) { one.open = false; });
  }

  function toPaper() {
    var sheet = document.querySelector(".sheet");
    var fit = 1;
    root.style.setProperty("--fit", fit);
    paper.media = "all";
    folds(true);
    tell("paper", true);
    if (document.body.dataset.sheets !== "1") { return; }
    while (fit > SMALLEST && height(sheet, fit) > Number(document.body.dataset.paper) - 6) {
      fit -= 0.02;
      root.style.setProperty("--fit", fit.toFixed(2));
    }
    if (fit <= SMALLEST) { root.style.setProperty("--fit", 1); }
  }

  function toScreen() {
    root.style.setProperty("--fit", 1);
    paper.media = "print";
    folds(false);
    tell("paper", false);
  }

  window.addEventListener("beforeprint", toPaper);
  window.addEventListener("afterprint", toScreen);
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });

  /* A table that is wider than the page is reached by keyboard to be scrolled, and says what it is. */
  function reach() {
    document.querySelectorAll(".scroll").forEach(function (box) {
      if (box.scrollWidth <= box.clientWidth) {
        box.removeAttribute("tabindex");
        box.removeAttribute("role");
        return;
      }
      var table = box.querySelector("table"), section = box.closest("section");
      var heading = section && section.querySelector("h2");
      var said = table && (table.getAttribute("aria-label") || (table.caption && table.caption.textContent));
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", said || (heading ? heading.textContent : document.title));
    });
  }

  reach();
  window.addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);
  document.addEventListener("click", reach);

  /* A wijk by its name: accents, capitals and the rest of a long name need not be typed. */
  var find = document.querySelector(".find");

  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().trim();
  }

  function matches(options, typed) {
    function by(test) {
      return options.filter(function (option) { return test(plain(option.value)); });
    }
    return [
      by(function (name) { return name === typed; }),
      by(function (name) { return name.indexOf(typed) === 0; }),
      by(function (name) { return name.indexOf(typed) > 0; })
    ].find(function (found) { return found.length; }) || [];
  }

  function go(input, said) {
    var typed = plain(input.value);
    var found = typed ? matches(Array.from(document.getElementById("wijklijst").options), typed) : [];
    said.textContent = found.length === 1 || !typed ? "" : find.dataset[found.length ? "many" : "none"];
    if (found.length !== 1) { return; }
    input.value = found[0].value;
    if (found[0].dataset.page === find.dataset.own) {
      tell("wijk", found[0].dataset.wijk);
    } else {
      window.location.assign(found[0].dataset.page + "#wijk=" + found[0].dataset.wijk);
    }
  }

  if (find) {
    var input = find.querySelector("input");
    var said = find.querySelector("[role=status]");
    find.querySelector("button").addEventListener("click", function () { go(input, said); });
    input.addEventListener("keydown", function (event) {
      if (event.key === "Enter") { go(input, said); }
    });
  }
})();
