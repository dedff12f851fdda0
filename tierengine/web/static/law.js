// A draft of the law: what is found arrives as it is found, and names that the law knows can be completed.
"use strict";

(() => {
  const followed = new Map();

  const follow = () => {
    followed.forEach((events, part) => {
      if (part.isConnected) return;
      events.close();
      followed.delete(part);
    });
    document.querySelectorAll("[data-work]").forEach((part) => {
      if (followed.has(part)) return;
      const events = new EventSource(`/api/v1/work/${part.dataset.work}/events`);
      followed.set(part, events);
      const show = (event) => {
        if (event.type === "running") {
          const { done, of, found } = JSON.parse(event.data);
          if (done) part.querySelector(":scope > span").textContent = `… ${done}${of ? ` of ${of}` : ""} done`;
          if (found.length <= Number(part.dataset.found)) return; // what is found is shown as it comes
        }
        events.close();
        followed.delete(part);
        htmx.ajax("GET", `/law/work/${part.dataset.work}`, { target: part, select: ".check", swap: "outerHTML" });
      };
      ["running", "done", "failed", "stopped"].forEach((state) => events.addEventListener(state, show));
    });
  };
  document.addEventListener("htmx:afterSettle", follow);
  follow();

  const text = document.getElementById("text");
  const list = document.getElementById("completions");
  if (!text || !list) return;

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".at-line");
    if (!link) return;
    event.preventDefault();
    const lines = text.value.split("\n");
    const start = lines.slice(0, link.dataset.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[link.dataset.line - 1] ?? "").length);
    text.scrollTop = text.scrollHeight * (link.dataset.line - 4) / lines.length;
  });

  const names = JSON.parse(text.dataset.words);
  const begun = () => /[\w-]{3,}$/.exec(text.value.slice(0, text.selectionStart))?.[0] ?? "";
  const take = (name) => {
    const at = text.selectionStart;
    text.setRangeText(name, at - begun().length, at, "end");
    list.hidden = true;
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  };
  const chosen = () => list.querySelector("[aria-selected=true]");
  text.addEventListener("input", () => {
    const word = begun();
    const found = word ? names.filter((name) => name !== word && name.startsWith(word)).slice(0, 8) : [];
    list.hidden = found.length === 0;
    list.replaceChildren(...found.map((name, number) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(number === 0));
      item.textContent = name;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(name); });
      return item;
    }));
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const now = chosen();
    if (event.key === "Escape") list.hidden = true;
    else if (event.key === "Enter" && now) take(now.textContent);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = event.key === "ArrowDown" ? now?.nextSibling : now?.previousSibling;
      if (next) { now.setAttribute("aria-selected", "false"); next.setAttribute("aria-selected", "true"); }
    } else return;
    event.preventDefault();
  });
  text.addEventListener("blur", () => { list.hidden = true; });
})();
