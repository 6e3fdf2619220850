// Search through search-index.js: [address, title of the page, title of the section, text] for each section.
"use strict";

{
  const LIMIT = 60;
  const AROUND = 90; // characters of text shown on each side of what was found

  const plain = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

  const sections = searchIndex.map(([address, page, section, text]) => ({
    address,
    page,
    section,
    text,
    title: ` ${plain(section || page)}`,
    words: ` ${plain(`${page} ${section} ${text}`)}`,
  }));

  /** Every word must begin a word of the section; titles and whole phrases count for more. */
  const score = (section, words, phrase) => {
    if (!words.every((word) => section.words.includes(` ${word}`))) return 0;
    const inTitle = words.filter((word) => section.title.includes(` ${word}`)).length;
    return 1 + 10 * inTitle + (section.title.trim() === phrase ? 30 : 0) + (section.words.includes(` ${phrase}`) ? 5 : 0);
  };

  const find = (query) => {
    const phrase = plain(query);
    const words = phrase.split(" ").filter(Boolean);
    if (!words.length) return [];
    return sections
      .map((section, place) => ({ section, place, score: score(section, words, phrase) }))
      .filter((hit) => hit.score)
      .sort((a, b) => b.score - a.score || a.place - b.place)
      .map((hit) => hit.section);
  };

  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  /** The part of a text around the first word found, with the words marked. */
  const excerpt = (text, query) => {
    const words = query.split(/[^\p{L}\p{N}]+/u).filter(Boolean).map(escaped);
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})`, "giu");
    const first = Math.max(0, text.search(pattern));
    const start = first > AROUND ? text.indexOf(" ", first - AROUND) + 1 : 0;
    const piece = text.slice(start, first + 2 * AROUND);
    const paragraph = document.createElement("p");
    let end = 0;
    for (const match of piece.matchAll(pattern)) {
      const mark = document.createElement("mark");
      mark.textContent = match[0];
      paragraph.append(piece.slice(end, match.index), mark);
      end = match.index + match[0].length;
    }
    paragraph.append(piece.slice(end));
    if (start > 0) paragraph.prepend("… ");
    if (start + piece.length < text.length) paragraph.append(" …");
    return paragraph;
  };

  const item = (section, query) => {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = section.address;
    link.textContent = section.section ? `${section.section} (${section.page})` : section.page;
    entry.append(link, excerpt(section.text, query));
    return entry;
  };

  const input = document.getElementById("query");
  const results = document.getElementById("results");
  const status = document.getElementById("found");

  const show = () => {
    const query = input.value.trim();
    const found = query ? find(query) : [];
    results.replaceChildren(...found.slice(0, LIMIT).map((section) => item(section, query)));
    const count = found.length === 1 ? "1 section" : `${found.length} sections`;
    const shown = found.length > LIMIT ? `; the first ${LIMIT} are shown` : "";
    status.textContent = query ? `${found.length ? count : "Nothing"} found for “${query}”${shown}.` : "";
  };

  input.value = new URLSearchParams(location.search).get("q") ?? "";
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 150);
  });
  show();
}
