(function () {
  "use strict";
  const form = document.getElementById("schouw");
  const message = document.getElementById("melding");
  const words = JSON.parse(document.getElementById("woorden").textContent);
  document.documentElement.classList.remove("no-script");

  function field(name) {
    return form.elements.namedItem(name);
  }

  function read() {
    const answers = {};
    for (const item of words.items) {
      const chosen = form.querySelector(`input[name="${item.item}"]:checked`);
      answers[item.item] = {
        score: chosen && chosen.value ? Number(chosen.value) : null,
        remark: field(`${item.item}-remark`).value.trim().slice(0, 1000)
      };
    }
    return {
      schouw: 1,
      zone_id: words.zone_id,
      observer: field("observer").value.trim(),
      date: field("date").value,
      answers: answers
    };
  }

  function cell(value) {
    const text = value === null ? "" : String(value).replace(/[\r\n]+/g, " ");
    const harmless = /^[=+\-@\t]/.test(text) ? "'" + text : text;
    return /[;"']/.test(harmless) ? '"' + harmless.replace(/"/g, '""') + '"' : harmless;
  }

  function csv(visit) {
    const lines = [["zone_id", "observer", "date", "quality", "item", "question", "score", "remark"]];
    for (const item of words.items) {
      const answer = visit.answers[item.item];
      lines.push([visit.zone_id, visit.observer, visit.date, item.quality, item.item, item.question, answer.score, answer.remark]);
    }
    return String.fromCharCode(0xfeff) + lines.map((line) => line.map(cell).join(";")).join("\r\n") + "\r\n";
  }

  function save(kind) {
    if (!form.reportValidity()) {
      return;
    }
    const visit = read();
    const text = kind === "json" ? JSON.stringify(visit, null, 1) : csv(visit);
    const link = document.createElement("a");
    const who = visit.observer.replace(/[^A-Za-z0-9]+/g, "-");
    link.download = `schouw-${words.file}-${visit.date}-${who}.${kind}`;
    link.href = URL.createObjectURL(new Blob([text], { type: kind === "json" ? "application/json" : "text/csv" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    const answered = Object.values(visit.answers).filter((answer) => answer.score !== null).length;
    message.textContent = words.saved.replace("{file}", link.download).replace("{answered}", answered);
  }

  document.getElementById("bewaar-json").addEventListener("click", () => save("json"));
  document.getElementById("bewaar-csv").addEventListener("click", () => save("csv"));
  document.getElementById("druk-af").addEventListener("click", () => window.print());
  form.addEventListener("submit", (event) => event.preventDefault());
})();
