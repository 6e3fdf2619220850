// Shows {cite}, {cite:t}, {cite:p} and {trial} in the cells of a chapter by author and year, as the site does.
//
// jupyterlab-myst reads these roles and knows no bibliography: it shows the bare key. The names come from
// custom/citations.json, which lab/citations.py writes whenever a chapter is opened. Text nodes are changed in
// place and nothing is taken away, so that React, to which they belong, finds its nodes when a cell changes.
// A key that the tables do not have keeps its warning.
"use strict";
(() => {
  const NAME = "evidence-citations";
  const CITED = ".jp-MarkdownCell .cite-group [title='Citation Not Found'], .jp-MarkdownCell span:not([class])";
  let names = {};
  let waiting = false;

  const base = () => JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl || "/";

  async function read() {
    const answer = await fetch(`${base()}custom/citations.json`, { cache: "no-store" });
    if (answer.ok) names = await answer.json();
    show();
  }

  function show() {
    waiting = false;
    for (const element of document.querySelectorAll(CITED)) {
      if (element.closest(".cm-editor")) continue;
      const text = [...element.childNodes].find(node => node.nodeType === Node.TEXT_NODE);
      const name = text && Object.hasOwn(names, text.data.trim()) ? names[text.data.trim()] : null;
      if (!name) continue;
      const group = element.closest(".cite-group");
      text.data = !group ? name.trial : group.matches(".narrative") ? name.narrative : name.parenthetical;
      element.title = name.title;
      element.classList.remove("text-yellow-600");
      for (const warning of element.querySelectorAll("svg")) warning.style.display = "none";
    }
  }

  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(show);
  }

  const plugin = {
    id: `${NAME}:plugin`,
    autoStart: true,
    activate: app => {
      const seen = new MutationObserver(later);
      seen.observe(document.body, { childList: true, characterData: true, subtree: true });
      app.shell.currentChanged?.connect(() => read().catch(console.warn));
      return read().catch(console.warn);
    },
  };

  const containers = (window._JUPYTERLAB = window._JUPYTERLAB || {});
  containers[NAME] = { init: async () => {}, get: async () => () => ({ __esModule: true, default: plugin }) };
})();
