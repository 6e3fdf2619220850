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

  // The reasons behind a certainty show on pointing and on focus too; Escape or a click elsewhere closes them.
  for (const button of document.querySelectorAll(".ev-why")) {
    const hint = document.getElementById(button.getAttribute("popovertarget"));
    button.removeAttribute("popovertarget");
    let leaving;
    const stay = () => clearTimeout(leaving);
    const open = () => {
      stay();
      if (!hint.matches(":popover-open")) hint.showPopover();
      const { left, top, bottom } = button.getBoundingClientRect();
      const room = document.documentElement.clientWidth - hint.offsetWidth - 8;
      const below = bottom + hint.offsetHeight + 12 < innerHeight;
      hint.style.left = `${Math.max(8, Math.min(left, room))}px`;
      hint.style.top = `${below ? bottom + 4 : Math.max(8, top - hint.offsetHeight - 4)}px`;
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
    button.addEventListener("blur", () => hint.hidePopover());
  }

  // Folded parts are printed unfolded, but for code.
  const unfolded = [];
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("article details:not([open], .code)")) {
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
