// Runs before anything is painted: the colours that the reader chose last, or those of the system.
"use strict";

{
  let wish = null;
  try {
    wish = localStorage.getItem("scheme");
  } catch {
    // A browser that keeps nothing follows the system.
  }
  const dark = wish ? wish === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}
