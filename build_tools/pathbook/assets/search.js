/* Searches a large library behind the search box of Material for MkDocs. `search.py` makes the index:
   a query loads the chunks in which its words stand, and what ten results show. Nothing is stored or
   sent. What is exported is arithmetic, `open` and `ask`; `mount` brings a box to life and gives back
   what undoes it. */

const BASE = new URL("../../", import.meta.url);
const FOLDER = "search/pathbook";

const LONGEST = 32; // characters of a word that count, as in `search.py`
const SHORTEST = 3; // letters down to which a word that finds nothing is shortened
const MOST_WORDS = 8; // of one query
const MOST_CHUNKS = 6; // of one query, but one for each word: 16 KB each
const AT_ONCE = 10; // results
const PAUSE = 400; // ms without a key before a search begins: who types on a phone is no faster
const LONG_PAUSE = 1200; // the same after a word of one or two letters, which is seldom all of it

/** Make words the same that differ in capitals and accents alone. */
export const fold = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase().toLowerCase().replaceAll("ς", "σ");

export const words = (text) =>
  (fold(text).match(/[\p{L}\p{N}_]+/gu) ?? []).map((word) => [...word].slice(0, LONGEST).join(""));

/** Read numbers of seven bits a byte, the lowest first. */
function reader(bytes, at = 0, end = bytes.length) {
  const number = () => {
    let value = 0;
    for (let shift = 0; at < end; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error("the index of the search is cut off");
  };
  const some = (count) => {
    at += count;
    if (at > end) throw new Error("the index of the search is cut off");
    return at - count;
  };
  return { number, some, more: () => at < end };
}

/** Read the words of a chunk, each with where its pages stand. */
export function chunk(bytes) {
  const found = [];
  const read = reader(bytes);
  let before = new Uint8Array();
  while (read.more()) {
    const same = read.number();
    const size = read.number();
    const from = read.some(size);
    const word = new Uint8Array(same + size);
    word.set(before.subarray(0, same));
    word.set(bytes.subarray(from, from + size), same);
    before = word;
    const length = read.number();
    const at = read.some(length);
    found.push({ word: new TextDecoder().decode(word), bytes, at, end: at + length });
  }
  return found;
}

/** Leave out the s of a plural. */
export const begin = (term) => (term.length > SHORTEST && /[^s]s$/.test(term) ? term.slice(0, -1) : term);

/** Note on which pages a word stands, and how much that weighs; more where it is all that was asked. */
function note(strengths, { bytes, at, end }, whole) {
  const read = reader(bytes, at, end);
  let page = -1;
  while (read.more()) {
    const value = read.number();
    page += value >> 2;
    strengths[page] = Math.max(strengths[page], 1 << ((value & 3) + (whole ? 1 : 0)));
  }
}

async function loaded(address, how, kind) {
  const answer = await fetch(address, how);
  if (!answer.ok) throw new Error(`${address} is not there`);
  return answer[kind]();
}

/** Open an index: load the directory of each of its parts. */
export async function open(base) {
  const part = async (number) => {
    const folder = new URL(`${FOLDER}/${number}/`, base);
    const directory = await loaded(new URL("index.json", folder), { cache: "no-cache" }, "json");
    const kept = new Map();
    /** Load a file of the build that the directory is of, once. */
    const get = (name, kind, read) => {
      if (!kept.has(name)) {
        const address = new URL(`${name}?${directory.made}`, folder);
        const promise = loaded(address, {}, kind).then(read);
        promise.catch(() => kept.delete(name));
        kept.set(name, promise);
      }
      return kept.get(name);
    };
    return {
      ...directory,
      chunk: (at) => get(`${at}.bin`, "arrayBuffer", (buffer) => chunk(new Uint8Array(buffer))),
      group: (at) => get(`${at}.json`, "json", (group) => group),
    };
  };
  const first = await part(1);
  const others = Array.from({ length: first.parts - 1 }, (_, at) => part(at + 2));
  const parts = [first, ...(await Promise.all(others))];
  return { parts, pages: parts.reduce((sum, { pages }) => sum + pages, 0) };
}

/** Find the last chunk that begins before a text, or with it. */
function last(begins, text) {
  let [low, high] = [0, begins.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (begins[middle] <= text) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** Find the pages of one part with words that begin so: the strength of each, none for the others. */
async function inPart(part, term, asked, most) {
  const from = last(part.words, term);
  const to = Math.max(from, last(part.words, `${term}\uffff`));
  const numbers = Array.from({ length: Math.min(most, to - from + 1) }, (_, at) => from + at);
  const strengths = new Uint8Array(part.pages);
  for (const words of await Promise.all(part.words.length ? numbers.map(part.chunk) : [])) {
    for (const one of words) {
      if (one.word.startsWith(term)) note(strengths, one, one.word === term || one.word === asked);
    }
  }
  return { strengths, cut: to - from + 1 > most };
}

/** Find pages with words that begin so; where there are none, with words that begin as it does. */
async function withWord(index, asked, most) {
  let term = begin(asked);
  for (;;) {
    const some = term.length < SHORTEST ? 1 : most; // the chunk with the short word itself
    const found = await Promise.all(index.parts.map((part) => inPart(part, term, asked, some)));
    const count = found.reduce((sum, { strengths }) => sum + strengths.filter(Boolean).length, 0);
    const letters = [...term];
    if (count || letters.length <= SHORTEST) {
      return { term, count, cut: found.some(({ cut }) => cut), strengths: found.map(({ strengths }) => strengths) };
    }
    term = letters.slice(0, -1).join("");
  }
}

/** Ask for the pages that hold most of the words of a query, the best first. */
export async function ask(index, query) {
  const terms = [...new Set(words(query))].slice(0, MOST_WORDS);
  const most = Math.max(1, Math.floor(MOST_CHUNKS / (terms.length * index.parts.length || 1)));
  const met = await Promise.all(terms.map((term) => withWord(index, term, most)));
  const rare = met.map(({ count }) => Math.round(16 * Math.log2(1 + index.pages / (count || 1))));
  const found = [];
  let needed = 1;
  index.parts.forEach((part, at) => {
    for (let page = 0; page < part.pages; page++) {
      let [score, held] = [0, 0];
      met.forEach(({ strengths }, n) => {
        score += rare[n] * strengths[at][page];
        held += strengths[at][page] ? 1 : 0;
      });
      if (held > needed) {
        needed = held;
        found.length = 0;
      }
      if (held === needed) found.push({ part: at, page, score });
    }
  });
  found.sort((a, b) => b.score - a.score || a.part - b.part || a.page - b.page);
  return {
    found,
    terms: met.filter(({ count }) => count).map(({ term }) => term),
    lacking: terms.length - needed,
    // A short word beside others stands for itself, and no longer one is missed.
    cut: met.some(({ cut, term }) => cut && (term.length >= SHORTEST || terms.length === 1)),
  };
}

/** Load what a result shows. */
export async function shown(index, { part: at, page }) {
  const part = index.parts[at];
  let group = 0;
  let begin = 0;
  while (page - begin >= part.sizes[group]) begin += part.sizes[group++];
  const { title: of, pages } = await part.group(group);
  const [address, title, summary] = pages[page - begin];
  return { of, address, title, summary };
}

/** Make an element: what it says is text, never markup. */
function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

/** Mark the words of a text that were found. */
function marked(text, terms) {
  const parts = text.split(/([\p{L}\p{N}\p{M}_]+)/u);
  return parts.map((part, at) => {
    const hit = at % 2 && words(part).some((word) => terms.some((term) => word.startsWith(term)));
    return hit ? make("mark", {}, part) : part;
  });
}

/** Say things as the theme does, in its language. */
function theme() {
  try {
    const { translations = {}, features = [] } = JSON.parse(document.getElementById("__config").textContent);
    return { translations, features };
  } catch {
    return { translations: {}, features: [] };
  }
}

const FAILED = "The search could not load what it needs. Try again; the list of pathways has every page too.";

export function mount(box, base) {
  const input = box.querySelector('[data-md-component="search-query"]');
  const theirs = box.querySelector('[data-md-component="search-result"]');
  if (!input?.form || !theirs || box.dataset.pbSearch) {
    if (!box.dataset.pbSearch) console.warn("pathbook: the theme's search is not as it was; its own stays");
    return () => {};
  }
  box.dataset.pbSearch = "";
  const { translations: said, features } = theme();
  const meta = make("div", { class: "md-search-result__meta", role: "status" });
  const list = make("ol", { class: "md-search-result__list" });
  const more = make("button", { class: "pb-found-more", type: "button", hidden: "" }, "Show more");
  const ours = make("div", { class: "md-search-result pb-search" }, meta, list, more);
  theirs.after(ours);
  theirs.hidden = true;

  const toggle = document.querySelector('[data-md-toggle="search"]');
  const done = new AbortController();
  let opening;
  let asked; // the query that is asked for, or was
  let running = Promise.resolve();
  let waiting;
  let answer; // what was found for it

  const index = () => {
    opening ??= open(base);
    opening.catch(() => (opening = undefined));
    return opening;
  };

  const say = (text) => {
    if (meta.textContent !== text) meta.textContent = text;
  };

  function counted({ found, lacking, cut }) {
    const many = found.length.toLocaleString(document.documentElement.lang || "en");
    const count = found.length === 1
      ? (said["search.result.one"] ?? "1 matching document")
      : (said["search.result.other"] ?? "# matching documents").replace("#", many);
    if (!found.length) return said["search.result.none"] ?? "No matching documents";
    if (lacking > 0) return `No page has all of these words. Pages with the most of them: ${many}`;
    return cut ? `${count}, and there may be more: type more letters` : count;
  }

  function item({ of, address, title, summary }, terms) {
    const to = new URL(address, base);
    if (features.includes("search.highlight")) to.searchParams.set("h", terms.join(" "));
    const article = make(
      "article",
      { class: "md-search-result__article md-typeset" },
      make("div", { class: "md-search-result__icon md-icon" }),
      make("p", { class: "pb-found-title" }, ...marked(title, terms)),
    );
    if (summary) article.append(make("p", {}, ...marked(summary, terms)));
    if (of && of !== title) article.append(make("p", { class: "pb-found-in" }, of));
    const link = make("a", { class: "md-search-result__link", href: to.href, tabindex: "-1" }, article);
    return make("li", { class: "md-search-result__item" }, link);
  }

  /** Show some more results; an answer that came too late shows nothing. */
  async function extend(mine) {
    const { library, found, terms } = mine;
    const next = found.slice(list.children.length, list.children.length + AT_ONCE);
    const results = await Promise.all(next.map((one) => shown(library, one)));
    if (mine !== answer) return [];
    const items = results.map((one) => item(one, terms));
    list.append(...items);
    more.hidden = list.children.length >= found.length;
    return items;
  }

  function failed(error) {
    console.warn("pathbook:", error);
    asked = answer = undefined; // what is typed next asks again
    list.replaceChildren();
    more.hidden = true;
    say(FAILED);
  }

  async function search(query) {
    const patience = setTimeout(() => query === asked && say("Searching …"), 400);
    try {
      const library = await index();
      const got = await ask(library, query);
      const first = await Promise.all(got.found.slice(0, AT_ONCE).map((one) => shown(library, one)));
      if (query !== asked) return;
      answer = { ...got, library };
      list.replaceChildren(...first.map((one) => item(one, got.terms)));
      more.hidden = got.found.length <= AT_ONCE;
      ours.parentElement.scrollTop = 0;
      say(counted(got));
    } catch (error) {
      if (query === asked) failed(error);
    } finally {
      clearTimeout(patience);
    }
  }

  /** Search for what stands in the box, if that is new. */
  function look() {
    clearTimeout(waiting);
    const query = words(input.value).join(" ");
    if (query === asked) return running;
    asked = query;
    if (query) return (running = search(query));
    answer = undefined;
    list.replaceChildren();
    more.hidden = true;
    say(said["search.result.placeholder"] ?? "Type to start searching");
    return running;
  }

  function later() {
    clearTimeout(waiting);
    const typed = words(input.value).at(-1) ?? "";
    waiting = setTimeout(look, typed && typed.length < SHORTEST ? LONG_PAUSE : PAUSE);
  }

  /** Go through the results by keyboard: before the theme, which knows only its own. */
  function key(event) {
    if (!toggle?.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { activeElement: active } = document;
    if (!box.contains(active)) return;
    const claim = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === "Enter" && active === input) {
      claim();
      look().then(() => {
        const best = list.querySelector("a");
        if (best) input.blur(); // a page that is swapped in begins without the search
        best?.click();
      });
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      claim();
      const all = [input, ...list.querySelectorAll("a"), ...(more.hidden ? [] : [more])];
      const step = event.key === "ArrowDown" ? 1 : -1;
      all[(Math.max(0, all.indexOf(active)) + step + all.length) % all.length].focus();
    } else if (event.key === " " && active === more) {
      event.stopPropagation();
    }
  }

  const listen = (element, name, does, capture = false) =>
    element.addEventListener(name, does, { signal: done.signal, capture });
  listen(input, "input", later);
  // The directory is small, and loaded while a reader types the first word.
  listen(input, "focus", () => {
    index().catch(() => {});
    look();
  });
  listen(input.form, "submit", (event) => event.preventDefault());
  listen(input.form, "reset", () => setTimeout(look));
  listen(window, "keydown", key, true);
  listen(more, "click", () => {
    if (answer) extend(answer).then(([first]) => first?.querySelector("a").focus(), failed);
  });
  look();
  return () => {
    done.abort();
    clearTimeout(waiting);
    asked = answer = undefined;
    ours.remove();
    theirs.hidden = false;
    delete box.dataset.pbSearch;
  };
}

for (const box of document.querySelectorAll('[data-md-component="search"]')) mount(box, BASE);
