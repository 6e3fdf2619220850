// Search through search-index.js: for each page its path, title, rank and sections; for each section its anchor,
// heading and the text that results quote. `searchWords` says in which sections the other words stand: a line is a
// word, the number of its first section, and the steps to the others, in base 36. `searchNames` are rows of names
// that mean the same, `searchFolds` letters that Unicode does not take apart.
"use strict";

{
  const LIMIT = 40;
  const AROUND = 90; // characters of text shown on each side of what was found
  const SLIP = 5; // letters from which on a word may have one letter wrong

  const apart = new RegExp(Object.keys(searchFolds).join("|"), "g");
  const fold = (text) =>
    text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(apart, (letter) => searchFolds[letter]);
  const plain = (text) => fold(text).replace(/[^\p{L}\p{N}]+/gu, " ").trim();

  const others = searchIndex.flatMap(([, , , sections]) => sections.map(() => []));
  for (const line of searchWords.split("\n")) {
    const [word, ...steps] = line.split(" ");
    let place = 0;
    for (const step of steps) others[(place += parseInt(step, 36))].push(word);
  }
  let number = 0;

  const pages = searchIndex.map(([path, title, rank, sections]) => ({
    path,
    title,
    rank,
    name: ` ${plain(title)} `,
    sections: sections.map(([anchor, heading, text]) => ({
      anchor,
      heading,
      text,
      name: ` ${plain(heading)} `,
      words: ` ${plain(`${title} ${heading} ${text}`)} ${others[number++].join(" ")} `,
    })),
  }));
  const names = searchNames.map((row) => row.map(plain));

  /** Whether two words differ by one letter: wrong, missing, or one too many. */
  const near = (a, b) => {
    if (Math.abs(a.length - b.length) > 1) return false;
    let start = 0;
    while (start < a.length && a[start] === b[start]) start += 1;
    const rest = (word, by) => word.slice(start + by);
    return rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1);
  };

  let vocabulary;
  /** The words of the book that a word with a slip may mean. */
  const meant = (word) => {
    vocabulary ??= [...new Set(pages.flatMap((page) => page.sections.flatMap((one) => one.words.split(" "))))];
    return word.length < SLIP ? [] : vocabulary.filter((other) => near(word, other));
  };

  /** The ways to say a query: itself, and every name that means the same as it or as a part of it. */
  const ways = (phrase) => {
    const found = [phrase];
    for (const row of names) {
      for (const name of row) {
        if (!` ${phrase} `.includes(` ${name} `)) continue;
        found.push(...row.map((other) => ` ${phrase} `.replace(` ${name} `, ` ${other} `).trim()));
      }
    }
    return [...new Set(found)].slice(0, 30);
  };

  /** How well a page answers one way to say the query, with the section that answers best; null where it does not. */
  const answer = (page, phrase, first) => {
    const words = phrase.split(" ");
    const all = (text) => words.every((word) => text.includes(` ${word}`));
    let best = null;
    for (const section of page.sections) {
      if (!all(section.words)) continue;
      const whole = section.words.includes(` ${phrase} `) ? 6 : 0;
      const heading = section.anchor && all(section.name) ? 15 + (section.name.trim() === phrase ? 25 : 0) : 0;
      const score = 1 + whole + heading;
      if (!best || score > best.score) best = { section, score };
    }
    if (!best) return null;
    const title = page.name.includes(` ${phrase} `) ? 60 : all(page.name) ? 40 : 0;
    return { page, section: title ? page.sections[0] : best.section, phrase, score: best.score + title + (first ? 2 : 0) };
  };

  const look = (queries) => {
    const found = new Map();
    queries.forEach((query, place) => {
      for (const page of pages) {
        const hit = answer(page, query, place === 0);
        if (hit && !(found.get(page)?.score >= hit.score)) found.set(page, hit);
      }
    });
    const value = (hit) => hit.score - 4 * hit.page.rank;
    return [...found.values()].sort((a, b) => value(b) - value(a) || pages.indexOf(a.page) - pages.indexOf(b.page));
  };

  /** Hits, one for a page, and the query that found them where it differs from the one asked. */
  const find = (asked) => {
    const phrase = plain(asked);
    if (!phrase) return { hits: [], said: "" };
    const hits = look(ways(phrase));
    if (hits.length) return { hits, said: "" };
    const guesses = phrase.split(" ").map((word) => [word, ...meant(word)]);
    for (const said of guesses.reduce((all, some) => all.flatMap((a) => some.map((b) => `${a} ${b}`)), [""])) {
      const better = look(ways(said.trim()));
      if (better.length) return { hits: better, said: said.trim() };
    }
    return { hits: [], said: "" };
  };

  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  /** The part of a text around the first word found, with the words marked. */
  const excerpt = (text, phrase) => {
    const words = phrase.split(" ").map(escaped);
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

  const item = ({ page, section, phrase }) => {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = section.anchor ? `${page.path}#${section.anchor}` : page.path;
    link.textContent = section.anchor ? `${section.heading} (${page.title})` : page.title;
    entry.append(link, excerpt(section.text, phrase));
    return entry;
  };

  const input = document.getElementById("query");
  const results = document.getElementById("results");
  const status = document.getElementById("found");

  const show = () => {
    const query = input.value.trim();
    const { hits, said } = query ? find(query) : { hits: [], said: "" };
    results.replaceChildren(...hits.slice(0, LIMIT).map(item));
    const count = hits.length === 1 ? "1 page" : `${hits.length} pages`;
    const shown = hits.length > LIMIT ? `; the first ${LIMIT} are shown` : "";
    const instead = said ? ` Nothing has “${query}”; shown is “${said}”.` : "";
    status.textContent = query ? `${hits.length ? count : "Nothing"} found for “${said || query}”${shown}.${instead}` : "";
  };

  input.value = new URLSearchParams(location.search).get("q") ?? "";
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 150);
  });
  show();
}
