// Liveness for pages that are whole without it: keys, the words that are selected, and what others change.
"use strict";

(() => {
  const typing = (at) => at.closest("input, textarea, select, [contenteditable]") !== null;
  const steps = () => [...document.querySelectorAll(".step")].filter((each) => each.offsetParent !== null);
  const chosen = () => document.querySelector(".step.chosen");

  // -- keys ---------------------------------------------------------------------------------------------------------

  const choose = (step) => {
    chosen()?.classList.remove("chosen");
    document.querySelectorAll("mark.chosen").forEach((mark) => mark.classList.remove("chosen"));
    if (!step) return;
    step.classList.add("chosen");
    step.focus({ preventScroll: true });
    step.scrollIntoView({ block: "nearest" });
    const id = step.id.replace(/^r-/, "");
    const marks = [...document.querySelectorAll("mark[data-ids]")].filter((mark) => mark.dataset.ids.split(" ").includes(id));
    marks.forEach((mark) => mark.classList.add("chosen"));
    marks[0]?.scrollIntoView({ block: "nearest" });
  };

  const move = (by) => {
    const all = steps();
    const at = all.indexOf(chosen());
    choose(all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]);
  };

  const press = (key) => {
    if (key === "d") take(); // the browser may not have reported yet what was selected last
    const step = chosen() ?? ("aex".includes(key) ? steps()[0] : null);
    const at = (each) => step?.querySelector(`[data-key="${each}"]`);
    const found = at(key) ?? ("udwjk".includes(key) ? document.querySelector(`[data-key="${key}"]`) : null)
      ?? (key === "a" ? at("e") : null); // what cannot be accepted as it is, is changed first
    if (!found || found.closest("[hidden]")) return;
    found.click();
    found.closest("details")?.querySelector("input:not([type=hidden])")?.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const key = event.key.toLowerCase();
    if ("jk".includes(key) && steps().length) move(key === "j" ? 1 : -1);
    else if ("jk".includes(key)) press(key);
    else if (key === "?") location.assign("/keys");
    else if ("aexudw".includes(key) && key.length === 1) press(key);
    else return;
    event.preventDefault();
  });

  // -- words that are selected ----------------------------------------------------------------------------------------

  const take = () => {
    const form = document.getElementById("selected");
    if (!form) return;
    const selection = document.getSelection();
    const within = (node) => (node instanceof Element ? node : node?.parentElement)?.closest("[data-at]");
    const paragraph = within(selection.anchorNode);
    const words = selection.toString().trim().replace(/\s+/g, " ");
    const whole = words.length > 2 && paragraph && paragraph === within(selection.focusNode);
    form.hidden = !whole;
    if (whole) [form.elements.at.value, form.elements.words.value] = [paragraph.dataset.at, words];
  };
  document.addEventListener("selectionchange", take);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("mark a[href*='#r-']");
    if (!link) return;
    const step = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!step || step.offsetParent === null) return; // on a narrow screen the other part is another page
    event.preventDefault();
    choose(step);
  });

  // -- what others change ---------------------------------------------------------------------------------------------

  let scrolled = [];
  let before = null;
  document.addEventListener("htmx:beforeSwap", () => {
    scrolled = [...document.querySelectorAll(".column")].map((each) => [each.id, each.scrollTop]);
    before = { id: chosen()?.id, at: steps().indexOf(chosen()) };
  });
  document.addEventListener("htmx:afterSwap", () => {
    scrolled.forEach(([id, top]) => document.getElementById(id)?.scrollTo({ top, behavior: "instant" }));
    if (before?.at >= 0) choose(document.getElementById(before.id) ?? steps()[before.at]);
    listen();
  });

  const unsent = () => {
    const at = document.activeElement;
    const open = [...document.querySelectorAll("#main input:not([type=hidden]), #main textarea")];
    const selected = document.getElementById("selected");
    return open.some((each) => each.value !== each.defaultValue) || (selected && !selected.hidden) || (at && at.closest("#main form") && typing(at));
  };

  const notice = () => {
    const place = document.getElementById("notice");
    if (!place || place.firstChild) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = "Show it";
    place.append("This dossier was changed elsewhere. What you write here is kept. ", link);
  };

  const show = (version) => {
    const now = document.getElementById("live");
    if (!now || version === now.dataset.version) return;
    if (unsent()) notice();
    else htmx.ajax("GET", location.href, { target: "#main", select: "#main", swap: "outerHTML" });
  };

  let events = null;
  const listen = () => {
    const live = document.getElementById("live");
    if (!live || document.hidden) {
      events?.close();
      events = null;
      return;
    }
    if (events) return;
    events = new EventSource(live.dataset.events);
    events.addEventListener("changed", (event) => {
      setTimeout(() => show(event.data), 200); // what this page changed itself is on its way to it
    });
  };
  document.addEventListener("visibilitychange", listen);
  listen();
})();
