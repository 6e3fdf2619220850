// What the browser tests ask of a page. Each check returns what is wrong, cut short.
"use strict";

globalThis.checks = (() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const told = (elements) => elements.slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
  const text = (id) => document.getElementById(id)?.textContent ?? "";
  const name = (e) =>
    e.getAttribute("alt") ?? e.getAttribute("aria-label")
      ?? (e.getAttribute("aria-labelledby") ?? "").split(" ").map(text).join(" ");
  const outlined = (e) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(e);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };

  return {
    // What makes the page wider than the screen; tables, code and formulae scroll by themselves.
    clipped() {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      const free = all("body *").filter((e) => !e.closest(".ev-scroll, pre, [popover], .math"));
      const wide = told(free.filter((e) => e.getBoundingClientRect().right > width + 1));
      return wide.length ? wide : [`${document.documentElement.scrollWidth} > ${width}`];
    },

    // Pictures whose text alternative is not a sentence.
    unnamed() {
      const shown = all("img, svg[role=img]").filter((e) => e.getClientRects().length);
      return shown.map(name).filter((said) => !/^[A-Z0-9“].{20,}[.!?]$/s.test(said.trim()));
    },

    // What can be pressed but takes no focus, or does not show it. A key must have been pressed before.
    unfocusable() {
      const out = [];
      for (const e of all("a[href], button, summary, input, select, textarea, [tabindex='0']")) {
        const shown = e.checkVisibility({ visibilityProperty: true });
        if (!shown || e.disabled || e.closest("[popover]:not(:popover-open)")) continue;
        e.focus({ preventScroll: true });
        const card = e.closest(".sd-card");
        if (document.activeElement !== e) out.push(`no focus: ${told([e])}`);
        else if (!outlined(e) && !(card && outlined(card))) out.push(`not seen: ${told([e])}`);
      }
      document.activeElement?.blur();
      return out.slice(0, 5);
    },

    // What moves by itself or glides.
    moving() {
      return told(all("*").filter((e) => {
        const { animationName, transitionDuration } = getComputedStyle(e);
        return animationName !== "none" || transitionDuration.split(",").some((t) => parseFloat(t) > 0);
      }));
    },

    // What axe finds. Of long tables and lists it is shown the first rows: they are alike, and colours take it long.
    async axe(options) {
      const groups = all("tbody, section:has(> section > dl.study), .references");
      const rest = groups.flatMap((group) => [...group.children].filter((e) => e.matches("tr, section, li")).slice(4));
      const hidden = rest.filter((e) => !e.hidden);
      hidden.forEach((e) => { e.hidden = true; });
      const { violations } = await axe.run(document, options);
      hidden.forEach((e) => { e.hidden = false; });
      return violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 150))]);
    },

    // Navigation on paper.
    navigation() {
      return told(all(".top, .contents, .here, .neighbours, .skip").filter((e) => e.checkVisibility()));
    },

    // Folded parts on paper, but for code, the twins of figures and formats of citations.
    folded() {
      const folds = all("article details:not(.code, .ev-twin)").filter((e) => !e.closest(".cite"));
      return told(folds.filter((e) => e.checkVisibility() && !e.open));
    },
  };
})();
