"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const findings = all("details.finding");
  const groups = all(".group");

  const openHash = (hash) => {
    let id = hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* no valid escape: it is taken as it is */ }
    const target = byId(id);
    if (!target) return;
    target.hidden = false;
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
      if (node.classList.contains("group")) node.hidden = false;
    }
    target.scrollIntoView();
  };

  const filter = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const severity = byId("by-severity").value;
    const pillar = byId("by-pillar").value;
    let shown = 0;
    for (const finding of findings) {
      const text = finding.textContent.toLowerCase();
      const match = (!severity || finding.dataset.severity === severity) &&
        (!pillar || finding.dataset.pillar === pillar) && words.every((word) => text.includes(word));
      finding.hidden = !match;
      shown += match ? 1 : 0;
    }
    const active = words.length > 0 || severity !== "" || pillar !== "";
    for (const group of groups) {
      group.hidden = !group.querySelector("details.finding:not([hidden])");
      if (active && group.tagName === "DETAILS" && !group.hidden) group.open = true;
    }
    byId("shown").value = active ? `${shown} of ${findings.length}` : "";
  };

  const setOpen = (open) => all("main details").forEach((node) => { node.open = open; });

  const tools = byId("tools");
  if (tools) {
    tools.hidden = false;
    tools.addEventListener("input", filter);
    tools.addEventListener("submit", (event) => event.preventDefault());
    byId("expand").addEventListener("click", () => setOpen(true));
    byId("collapse").addEventListener("click", () => setOpen(false));
  }
  addEventListener("hashchange", () => openHash(location.hash));
  // A link to where the address points already changes no hash, and still has to open what was closed meanwhile.
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) openHash(link.hash);
  });
  if (location.hash) openHash(location.hash);

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("main details:not([open])");
    closed.forEach((node) => { node.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((node) => { node.open = false; }));
})();
