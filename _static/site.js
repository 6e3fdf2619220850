// Conveniences of every page. Without this script nothing is missing but the switch and the copy buttons.
"use strict";

{
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  const kept = {
    read() {
      try {
        return localStorage.getItem("scheme");
      } catch {
        return null;
      }
    },
    write(scheme) {
      try {
        localStorage.setItem("scheme", scheme);
      } catch {
        // A browser that keeps nothing still switches this page.
      }
    },
  };

  const button = document.getElementById("scheme");
  const show = (scheme) => {
    root.dataset.theme = scheme;
    button.textContent = scheme === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${button.textContent.toLowerCase()} colours`);
  };
  show(root.dataset.theme);
  button.hidden = false;
  button.addEventListener("click", () => {
    const scheme = root.dataset.theme === "dark" ? "light" : "dark";
    kept.write(scheme);
    show(scheme);
  });
  system.addEventListener("change", () => kept.read() ?? show(system.matches ? "dark" : "light"));

  // A menu that covers the page closes when its link leads to a place on the same page.
  for (const menu of document.querySelectorAll("[popover]")) {
    menu.addEventListener("click", (event) => {
      if (event.target.closest("a") && menu.matches(":popover-open")) menu.hidePopover();
    });
  }

  /** Put a hint below what it belongs to, or above where there is more room. */
  const beside = (hint, place) => {
    const { left, top, bottom } = place.getBoundingClientRect();
    const room = document.documentElement.clientWidth - hint.offsetWidth - 8;
    const below = bottom + hint.offsetHeight + 12 < innerHeight;
    hint.style.left = `${Math.max(8, Math.min(left, room))}px`;
    hint.style.top = `${below ? bottom + 4 : Math.max(8, top - hint.offsetHeight - 4)}px`;
  };

  // The reasons behind a certainty show on pointing and on focus too; Escape or a click elsewhere closes them.
  for (const button of document.querySelectorAll(".ev-why")) {
    const hint = document.getElementById(button.getAttribute("popovertarget"));
    button.removeAttribute("popovertarget");
    let leaving;
    const stay = () => clearTimeout(leaving);
    const open = () => {
      stay();
      if (!hint.matches(":popover-open")) hint.showPopover();
      beside(hint, button);
    };
    const leave = () => {
      leaving = setTimeout(() => document.activeElement === button || hint.hidePopover(), 150);
    };
    for (const place of [button, hint]) {
      place.addEventListener("pointerenter", place === button ? open : stay);
      place.addEventListener("pointerleave", leave);
    }
    button.addEventListener("focus", open);
    button.addEventListener("click", open);
    // A link in the reasons can be reached: they close when the focus leaves both.
    for (const place of [button, hint]) {
      place.addEventListener("focusout", ({ relatedTarget }) => {
        if (relatedTarget !== button && !hint.contains(relatedTarget)) hint.hidePopover();
      });
    }
  }

  // Ctrl-K and "/" lead to the search from anywhere but a field.
  addEventListener("keydown", (event) => {
    const field = document.activeElement?.matches("input, select, textarea, [contenteditable]");
    const asked = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !field);
    if (!asked || event.altKey) return;
    event.preventDefault();
    const box = document.getElementById("query") ?? document.getElementById("find");
    if (box?.checkVisibility()) box.focus();
    else location.href = document.querySelector(".top a.menu[href]")?.href ?? location.href;
  });

  // The name after # in an address; an address that is no valid text names nothing.
  const named = () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  };

  // A place inside a fold opens the folds around it, and those that it heads.
  const unfold = () => {
    const place = document.getElementById(named());
    if (!place) return;
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const headed = place.matches("section") && place.querySelector(":scope > details");
    if (headed) headed.open = true;
    if (place.closest("details") || headed) place.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  // The section that the reader sees is marked among the sections of the page.
  const entries = new Map([...document.querySelectorAll('.here a[href^="#"]')].map((a) => [a.hash.slice(1), a]));
  const heads = [...entries.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const mark = () => {
    const passed = heads.filter((head) => head.getBoundingClientRect().top < innerHeight / 3);
    for (const a of entries.values()) a.removeAttribute("aria-current");
    if (passed.length) entries.get(passed.at(-1).id).setAttribute("aria-current", "true");
  };
  if (heads.length) {
    let waiting = false;
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        mark();
        waiting = false;
      });
    }, { passive: true });
    mark();
  }

  // Long lists are filtered by what is typed.
  const lists = [...document.querySelectorAll(".ev-records")].map((list) => [list, [...list.querySelectorAll(":scope > details")]]);
  for (const table of document.querySelectorAll(".ev-long")) lists.push([table.parentElement.parentElement, [...table.tBodies[0].rows], table.parentElement]);
  const studies = [...document.querySelectorAll('section[id^="study-"]')];
  if (studies.length) lists.push([studies[0].parentElement.parentElement, studies]);
  for (const [list, entries, below] of lists) {
    const said = entries.map((entry) => entry.textContent.toLowerCase());
    const line = document.createElement("p");
    line.className = "ev-filter";
    const label = document.createElement("label");
    const input = document.createElement("input");
    const count = document.createElement("span");
    input.type = "search";
    count.setAttribute("role", "status");
    label.append("Filter ", input);
    line.append(label, count);
    if (below) below.before(line);
    else (list.querySelector(":scope > p") ?? list.firstElementChild).after(line);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      entries.forEach((entry, place) => {
        entry.hidden = !words.every((word) => said[place].includes(word));
        shown += !entry.hidden;
      });
      count.textContent = words.length ? `${shown} of ${entries.length}` : "";
    });
  }

  // The risk without the drug is chosen for a whole summary of findings.
  for (const summary of document.querySelectorAll(".ev-sof")) {
    const chooser = summary.querySelector(".ev-baseline");
    if (!chooser) continue;
    chooser.hidden = false;
    chooser.addEventListener("change", (event) => { summary.dataset.baseline = event.target.value; });
  }

  // What a trial is shows beside its name on pointing and on focus; the name itself leads to its entry. A link
  // in a drawing or a formula knows no parts of its address.
  for (const link of document.querySelectorAll('a[href*="#study-"]')) {
    const card = document.getElementById(`card-${link.getAttribute("href").split("#study-")[1]}`);
    if (!card) continue;
    let leaving;
    const stay = () => clearTimeout(leaving);
    const open = () => {
      stay();
      if (!card.matches(":popover-open")) card.showPopover();
      beside(card, link);
    };
    const leave = () => { leaving = setTimeout(() => card.hidePopover(), 150); };
    link.addEventListener("pointerenter", (event) => event.pointerType === "touch" || open());
    link.addEventListener("pointerleave", leave);
    link.addEventListener("focus", () => link.matches(":focus-visible") && open());
    link.addEventListener("blur", leave);
    card.addEventListener("pointerenter", stay);
    card.addEventListener("pointerleave", leave);
  }

  // The code behind tables and figures shows when it is asked for.
  const tool = (name, does) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => does(button));
    const entry = document.createElement("li");
    entry.append(button);
    document.querySelector(".tools-of-page ul")?.append(entry);
  };
  if (document.querySelector("details.code")) {
    tool("Show the code", (button) => {
      const shown = root.toggleAttribute("data-code");
      button.textContent = shown ? "Hide the code" : "Show the code";
    });
  }

  // The answer of a report alone goes to paper, on one page.
  if (document.querySelector("article .ev-answer .ev-question")) {
    tool("Print the answer", () => {
      root.dataset.print = "answer";
      window.print();
      delete root.dataset.print;
    });
  }

  // Folded parts are printed unfolded, but for code.
  const unfolded = [];
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("article details:not([open], .code)")) {
      if (root.dataset.print && !fold.matches(".ev-answer *")) continue;
      fold.open = true;
      unfolded.push(fold);
    }
  });
  addEventListener("afterprint", () => {
    for (const fold of unfolded.splice(0)) fold.open = false;
  });

  if (navigator.clipboard) {
    for (const block of document.querySelectorAll("pre[data-copy]")) {
      const copy = document.createElement("button");
      copy.type = "button";
      copy.textContent = "Copy";
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(block.textContent);
        copy.textContent = "Copied";
      });
      block.after(copy);
    }
  }
}
