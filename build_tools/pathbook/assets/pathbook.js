/* Walks a reader through a chart. All it knows it reads from `data-` attributes of the list of steps;
   it keeps the walk in the address, stores nothing and sends nothing. `walk.py` does the same. */

/** Read the steps from the list on the page. */
export function read(list) {
  const steps = new Map();
  for (const item of list.querySelectorAll("li[data-step]")) {
    const routes = [...item.querySelectorAll("a[data-route]")].map((link) => ({
      id: link.dataset.route,
      to: link.dataset.to,
      when: link.dataset.when,
      optional: "optional" in link.dataset,
      back: "back" in link.dataset,
    }));
    const link = item.querySelector("a");
    const { step: id, kind, take = "one", host, was = "" } = item.dataset;
    const kindName = item.querySelector(".pb-kind")?.textContent;
    const summary = item.querySelector("[data-summary]")?.cloneNode(true);
    for (const meaning of summary?.querySelectorAll(".pb-meaning") ?? []) meaning.remove();
    const on = item.querySelector("a[data-goes-on]");
    steps.set(id, { id, kind, kindName, summary: summary?.textContent, take, host, was: was.split(" ").filter(Boolean), routes, on, number: item.value, title: link.textContent, href: link.href });
  }
  return steps;
}

/** Give the id that a step has today. */
export const today = (steps, id) =>
  steps.has(id) ? id : ([...steps.values()].find((step) => step.was.includes(id))?.id ?? id);

/** Read answers: `step:route,step:route;route`. */
export const parse = (text) =>
  (text || "")
    .split(",")
    .filter(Boolean)
    .map((part) => {
      const at = part.indexOf(":");
      return at < 0 ? [part, [""]] : [part.slice(0, at), part.slice(at + 1).split(";")];
    });

export const written = (answers) => answers.map(([step, routes]) => `${step}:${routes.join(";")}`).join(",");

const needed = (step) => step.routes.filter((route) => !route.optional);

/** Name the routes that every answer takes. */
const fixed = (step) => (step.take === "all" || needed(step).length === 1 ? needed(step).map((route) => route.id) : []);

export const asks = (step) =>
  step.routes.length > needed(step).length || (needed(step).length > 1 && step.take !== "all");

/** Tell whether some routes are an answer. */
export function fits(step, chosen) {
  const known = new Map(step.routes.map((route) => [route.id, route]));
  if (new Set(chosen).size < chosen.length || chosen.some((id) => !known.has(id))) return false;
  const count = chosen.filter((id) => !known.get(id).optional).length;
  const all = needed(step).length;
  if (step.take === "all" || !all) return count === all && chosen.length > 0;
  return step.take === "any" ? count >= 1 : count === 1;
}

/** Name all that steps lead to. */
function after(steps, names, back = true) {
  const found = new Set();
  const open = [...names];
  while (open.length) {
    for (const route of steps.get(open.pop())?.routes ?? []) {
      if (steps.has(route.to) && (back || !route.back) && !found.has(route.to)) {
        found.add(route.to);
        open.push(route.to);
      }
    }
  }
  return found;
}

function meeting(steps, targets) {
  const reach = targets.map((name) => new Set([name, ...after(steps, [name], false)]));
  const common = [...reach[0]].filter((name) => reach.every((names) => names.has(name)));
  return common.sort((a, b) => steps.get(a).number - steps.get(b).number)[0];
}

function nextStrand(splits) {
  while (splits.length) {
    const split = splits.at(-1);
    while (split.waiting.length) {
      const following = split.waiting.shift();
      if (following !== split.meet) return following;
      split.met = true;
    }
    splits.pop();
    if (split.met) return split.meet;
  }
  return undefined;
}

/** Walk as far as the answers lead. */
export function follow(steps, start, answers) {
  const left = [...answers];
  const used = [];
  const taken = [];
  const ended = [];
  const routes = new Set();
  const splits = [];
  let here = start;
  while (taken.length <= steps.size * (used.length + 2)) {
    if (splits.length && here === splits.at(-1).meet) {
      splits.at(-1).met = true;
      here = nextStrand(splits) ?? here;
      continue;
    }
    const step = steps.get(here);
    if (!step.routes.length) {
      ended.push(here);
      const following = nextStrand(splits);
      if (following === undefined) break;
      taken.push(here);
      here = following;
      continue;
    }
    let chosen = step.routes;
    if (asks(step)) {
      const at = left.findIndex(([name, ids]) => name === here && fits(step, ids));
      if (at < 0) break;
      const [answer] = left.splice(at, 1);
      used.push(answer);
      chosen = step.routes.filter((route) => answer[1].includes(route.id));
    }
    taken.push(here);
    for (const route of chosen) routes.add(`${here} ${route.id}`);
    const targets = [...new Set(chosen.map((route) => route.to))];
    if (targets.length > 1) {
      splits.push({ opened: taken.length, meet: meeting(steps, targets), strands: targets, waiting: targets.slice(1), met: false });
    } else if (chosen[0].back && taken.includes(targets[0])) {
      const before = taken.lastIndexOf(targets[0]);
      while (splits.length && splits.at(-1).opened > before) splits.pop();
    }
    here = targets[0];
  }
  const waiting = splits.flatMap((split) => [...split.waiting, split.meet]).filter(Boolean);
  const strands = splits.map(({ strands, waiting, meet }) => ({ names: strands, at: strands.length - waiting.length - 1, meet }));
  return { taken, current: here, answers: used, dropped: left, waiting: [...new Set(waiting)], ended, routes, strands };
}

/** Name the steps that can still come. */
export const reachable = (steps, walk) =>
  new Set([...after(steps, [walk.current, ...walk.waiting]), ...walk.waiting]);

/** Tell of each step: taken, current, reachable or ruled out. */
export function states(steps, walk) {
  const can = reachable(steps, walk);
  const taken = new Set([...walk.taken, ...walk.ended]);
  const found = new Map();
  for (const [id, step] of steps) {
    const about = step.host ?? id;
    const passed = about === walk.current ? "current" : "taken";
    if (about === walk.current || taken.has(about)) found.set(id, about === id ? passed : "taken");
    else found.set(id, can.has(about) ? "reachable" : "ruled-out");
  }
  return found;
}

const isEnd = (step) => step.kind === "outcome" || step.kind === "link";

export function ends(steps, walk) {
  const can = new Set([walk.current, ...walk.ended, ...reachable(steps, walk)]);
  return [...steps.keys()].filter((id) => can.has(id) && isEnd(steps.get(id)));
}

/** Find the next question whose answers lead to different ends. */
export function separating(steps, walk) {
  const can = [...reachable(steps, walk)].sort((a, b) => steps.get(a).number - steps.get(b).number);
  return [walk.current, ...can].find((id) => {
    const sets = steps.get(id).routes.map((route) =>
      [route.to, ...after(steps, [route.to])].filter((end) => isEnd(steps.get(end))).sort().join(" "),
    );
    return asks(steps.get(id)) && new Set(sets).size > 1;
  });
}

/** Make an element: what it says is text, never markup. */
function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...inside.filter((part) => part !== undefined));
  return element;
}

const button = (text, onclick, more = {}) => make("button", { type: "button", onclick, ...more }, text);

const list = (name, parts) => make(name, {}, ...parts.map((part) => make("li", {}, ...[part].flat())));

/** Find the whole chart, and the chart stage by stage. */
const drawings = () => [...document.querySelectorAll(".pb-scroll .pb-chart, .pb-slices .pb-chart")];

const stepOf = (box) => box?.dataset.step ?? box?.dataset.at;

/** Bring a box into its window; the page stays where it is. */
function bring(box) {
  const view = box.closest(".pb-scroll, .pb-strips");
  const at = box.getBoundingClientRect();
  const frame = view.getBoundingClientRect();
  if (at.left >= frame.left && at.right <= frame.right && at.top >= frame.top && at.bottom <= frame.bottom) return;
  view.scrollLeft += at.left + at.width / 2 - frame.left - view.clientWidth / 2;
  view.scrollTop += at.top + at.height / 2 - frame.top - view.clientHeight / 2;
}

/** Bring a box into sight; not every browser scrolls to a part of an SVG. */
function reveal(box) {
  bring(box);
  const { top, bottom } = box.getBoundingClientRect();
  if (top < HEADER || bottom > innerHeight) scrollBy(0, top - 2 * HEADER);
}

/** Bring the walk to life; gives back what undoes it. */
export function mount(place) {
  const outline = document.querySelector(".pb-outline");
  if (!outline || !place.dataset.start) {
    console.warn("pathbook: the walk needs the list of steps and a start");
    return () => {};
  }
  const steps = read(outline);
  const start = place.dataset.start;
  const asIs = [...place.childNodes];
  const drawn = (selector) => drawings().flatMap((drawing) => [...drawing.querySelectorAll(selector)]);
  const boxes = drawn(".pb-box").map((element) => ({ element, about: stepOf(element) }));
  const arrows = drawn("g[data-route], g[data-way]").map((element) => {
    const way = element.dataset.way ?? `${element.dataset.from} ${element.dataset.route}`;
    return { element, way, from: way.slice(0, way.indexOf(" ")) };
  });
  const strips = [...document.querySelectorAll(".pb-strip")];
  // It must stand there before it speaks.
  const note = make("p", { role: "status", class: "pb-walk-note" });
  const body = make("div");
  let walk;
  let changed;

  const link = (id) => make("a", { href: steps.get(id).href }, steps.get(id).title);
  const label = (step, id) => {
    const route = step.routes.find((one) => one.id === id);
    const to = steps.get(route.to).title;
    // An answer to a question says enough; elsewhere the step it leads to is what is chosen.
    if (route.when) return step.kind === "decision" ? route.when : `${route.when}: ${to}`;
    return `Go on with ${to}`;
  };
  const said = ([name, ids]) => {
    const step = steps.get(name);
    const sure = fixed(step);
    const picked = ids.filter((id) => !sure.includes(id));
    return (picked.length ? picked : ids).map((id) => label(step, id)).join("; ");
  };

  /** Say why an answer does not apply. */
  function why([name, ids]) {
    const step = steps.get(name);
    if (!step) return `“${name}” is no longer a step of this pathway`;
    if (!asks(step)) return `“${step.title}” no longer asks anything`;
    if (!fits(step, ids)) return `“${step.title}” no longer has the answer “${ids.join(", ")}”`;
    return `“${step.title}” is no longer on your way`;
  }

  function go(wanted, how = "pushState") {
    changed = undefined;
    walk = follow(steps, start, wanted);
    const reasons = walk.dropped.map(why).join("; ");
    note.textContent = reasons && `${how === "pushState" ? "Left out" : "This link no longer fits in full"}: ${reasons}.`;
    if (how) {
      const address = new URL(location.href);
      address.searchParams.delete("walk");
      const text = written(walk.answers);
      address.search = [address.searchParams.toString(), text && `walk=${text}`].filter(Boolean).join("&");
      if (address.href !== location.href) history[how]({}, "", address);
    }
    show(walk);
  }

  // Once the page is set anew; before, it would be set twice.
  const focus = () => requestAnimationFrame(() => body.querySelector(".pb-walk-now")?.focus());

  /** Ask again; nothing has changed until there is an answer. */
  function change(at) {
    changed = { at, answer: walk.answers[at] };
    note.textContent = "";
    show(follow(steps, start, walk.answers.slice(0, at)));
    focus();
  }

  function choose(here, ids) {
    const at = changed?.at ?? walk.answers.length;
    go([...walk.answers.slice(0, at), [here, ids], ...walk.answers.slice(at + 1)]);
    focus();
  }

  function question(step) {
    const sure = fixed(step);
    const asked = step.routes.filter((route) => !sure.includes(route.id));
    const several = step.take === "any" || asked.some((route) => route.optional);
    const one = (route) => step.take === "one" && !route.optional;
    const choice = (route) => {
      const told = label(step, route.id);
      const before = Boolean(changed?.answer[1].includes(route.id));
      if (!several) return make("button", { value: route.id, "data-answer": route.id, "aria-current": before && "true" }, told);
      const box = make("input", { type: one(route) ? "radio" : "checkbox", name: "pb-answer", value: route.id, checked: before });
      return make("label", {}, box, ` ${told}${route.optional ? " (optional)" : ""}`);
    };
    const missing = make("p", { hidden: true, role: "alert" }, "Choose at least one.");
    const hint = step.take === "any" ? "Choose one or more." : asked.some(one) ? "Choose one. What is optional may be added." : "Choose what is added, if anything.";
    const onsubmit = (event) => {
      event.preventDefault();
      const picked = several ? [...event.target.querySelectorAll(":checked")] : [event.submitter];
      const chosen = [...sure, ...picked.map((input) => input.value)];
      const ids = step.routes.map((route) => route.id).filter((id) => chosen.includes(id));
      if (fits(step, ids)) choose(step.id, ids);
      else missing.hidden = false;
    };
    return make(
      "form",
      { class: "pb-walk-answers", onsubmit },
      ...(several ? [make("p", {}, hint)] : []),
      ...asked.map(choice),
      ...(several ? [missing, make("button", {}, "Go on")] : []),
    );
  }

  function unsure(shown) {
    const about = make("div");
    const fill = () => {
      const question = separating(steps, shown);
      about.replaceChildren(
        make("p", {}, "These ends are still possible:"),
        list("ul", ends(steps, shown).map(link)),
        ...(question ? [make("p", {}, "The next question that separates them: ", link(question))] : []),
        make("p", {}, "Read its page, and take its questions to your care team."),
      );
    };
    return make("details", { class: "pb-walk-unsure" }, make("summary", { onclick: fill }, "Not sure yet"), about);
  }

  /** Show the strands of a split. */
  function strands({ names, at, meet }) {
    const told = (name, i) => [link(name), i < at ? " (walked)" : i > at ? " (comes after)" : make("b", {}, " (you are in this one)")];
    return make(
      "div",
      { class: "pb-walk-strands" },
      make("p", {}, `Part ${at + 1} of ${names.length} that go together:`),
      list("ol", names.map(told)),
      meet ? make("p", {}, "They meet at ", link(meet), ".") : undefined,
    );
  }

  /** Say where an end leads; the way back is in the address. */
  function ending(step) {
    if (!step.on) return make("p", {}, "This way ends here. It says what the sources say in this case, and not what you should do.");
    const there = new URL(step.on.href);
    there.searchParams.set("from", place.dataset.pathway + location.search);
    return make("p", {}, "This goes on in another pathway: ", make("a", { href: there.href, "data-goes-on": true }, step.on.textContent), ". It has a link back to here.");
  }

  /** Offer the way back. */
  function origin() {
    const [name, search = ""] = (new URLSearchParams(location.search).get("from") ?? "").split(/\?(.*)/s);
    const known = place.parentElement.querySelector(`[data-pb-origin="${CSS.escape(name)}"]`);
    if (!known) return undefined;
    return make("p", { class: "pb-walk-origin" }, "You came from another pathway. Go back to ", make("a", { href: `${known.href}?${search}` }, known.textContent), ", where you were.");
  }

  function path() {
    const asked = document.querySelector("[data-pb-questions]")?.content;
    const over = !steps.get(walk.current).routes.length;
    const passed = [...new Set([...walk.taken, walk.current])].filter((id) => steps.get(id).kind !== "decision");
    const about = passed.slice(-4).flatMap((id) => {
      const found = asked?.querySelector(`[data-step="${CSS.escape(id)}"]`);
      return found ? [make("h3", {}, steps.get(id).title), ...found.cloneNode(true).children] : [];
    });
    const alerts = document.querySelector(".pb-alerts");
    return make(
      "section",
      { class: "pb-path", "aria-label": "My path" },
      make("h2", {}, "My path"),
      ...(alerts ? [alerts.cloneNode(true)] : []),
      make("h3", {}, "Answers"),
      list("ol", walk.answers.map((one) => [`${steps.get(one[0]).title} `, make("b", {}, said(one))])),
      make("h3", {}, over ? "Where this leads" : "The next question"),
      make("p", {}, steps.get(walk.current).title),
      ...(over ? [] : [make("h3", {}, "Ends that are still possible"), list("ul", ends(steps, walk).map((id) => steps.get(id).title))]),
      ...(about.length ? [make("h2", {}, "Questions to ask"), ...about] : []),
      make("p", {}, `${place.dataset.version} Printed on ${new Date().toLocaleDateString()}.`),
      make("p", {}, location.href),
    );
  }

  function print() {
    const sheet = path();
    const done = () => {
      sheet.remove();
      document.documentElement.classList.remove("pb-printing");
    };
    document.body.append(sheet);
    document.documentElement.classList.add("pb-printing");
    addEventListener("afterprint", done, { once: true });
    globalThis.print();
  }

  async function copy(event) {
    const told = event.target;
    try {
      await navigator.clipboard.writeText(location.href);
      told.textContent = "Link copied";
    } catch {
      told.textContent = "Copy the address of this page";
    }
  }

  function show(shown) {
    const step = steps.get(shown.current);
    const over = !step.routes.length;
    const round = shown.taken.filter((id) => id === shown.current).length + 1;
    const past = shown.answers.map((one, at) => [
      link(one[0]),
      " ",
      make("b", {}, said(one)),
      " ",
      button("Change", () => change(at), { class: "pb-walk-change", "aria-label": `Change: ${steps.get(one[0]).title}` }),
    ]);
    const caption = over ? "Where this way leads" : changed ? "Answer this again" : round > 1 ? `Now, round ${round}` : "Now";
    const came = origin();
    body.replaceChildren(
      ...(came ? [came] : []),
      ...(past.length ? [make("p", { class: "pb-caption" }, "Your answers so far"), list("ol", past)] : []),
      ...shown.strands.map(strands),
      make(
        "div",
        { class: "pb-walk-now", tabindex: "-1", "data-now": shown.current },
        make("p", { class: "pb-caption" }, caption),
        make("p", { class: "pb-walk-question" }, link(shown.current)),
        ...(step.summary ? [make("p", {}, step.summary)] : []),
        over ? ending(step) : question(step),
      ),
      ...(changed ? [make("p", {}, button("Leave it as it was", () => go(walk.answers), { class: "pb-walk-keep" }))] : over ? [] : [unsure(shown)]),
      ...(past.length ? [make("p", {}, button("Print my path", print), " ", button("Copy link", copy), " ", button("Start again", () => go([])))] : []),
    );
    place.toggleAttribute("data-walking", past.length > 0);
    paint(shown);
  }

  function mark(drawing, state) {
    if (state === drawing.state) return;
    drawing.state = state;
    if (state) drawing.element.dataset.state = state;
    else delete drawing.element.dataset.state;
  }

  function paint(shown) {
    const found = shown && states(steps, shown);
    for (const box of boxes) mark(box, found?.get(box.about));
    for (const arrow of arrows) {
      const open = ["current", "reachable"].includes(found?.get(arrow.from));
      mark(arrow, found && (shown.routes.has(arrow.way) ? "taken" : open ? "reachable" : "ruled-out"));
    }
    if (!shown) return;
    const here = boxes.filter((box) => box.state === "current").map((box) => box.element);
    for (const strip of strips) strip.open = here.some((box) => strip.contains(box));
    if (shown.answers.length) requestAnimationFrame(() => here.forEach(bring));
  }

  const asked = () => parse(new URLSearchParams(location.search).get("walk")).map(([step, routes]) => [today(steps, step), routes]);
  const back = () => go(asked(), "");
  place.replaceChildren(note, body);
  const stop = new AbortController();
  addEventListener("popstate", back, { signal: stop.signal });
  // A chart on paper shows a walk only if there is one.
  addEventListener("beforeprint", () => walk.answers.length || paint(), { signal: stop.signal });
  addEventListener("afterprint", () => paint(walk), { signal: stop.signal });
  go(asked(), "replaceState");
  return () => {
    stop.abort();
    paint();
    place.replaceChildren(...asIs);
  };
}

const HEADER = 80;
const SCALES = [0.5, 0.7, 0.85, 1, 1.25, 1.5, 2, 3];

/** Make a chart a map: zoom, full screen, find a step, arrow keys, a card for each step. */
export function map(tools) {
  const figure = tools.closest("figure");
  const view = figure.querySelector(".pb-scroll");
  const chart = view.querySelector(".pb-chart");
  const outline = document.querySelector(".pb-outline");
  if (!chart || !outline) return () => {};
  const steps = read(outline);
  const boxes = [...chart.querySelectorAll(".pb-box")];
  const arrows = chart.querySelectorAll("g[data-from]");
  const full = chart.width.baseVal.value;
  // What is tapped keeps the 24 pixels that WCAG asks for.
  const least = 24 / Math.min(...boxes.map((one) => one.querySelector(".pb-shape").getBBox().height));
  const stop = new AbortController();
  const on = (target, name, act, more = {}) => target.addEventListener(name, act, { signal: stop.signal, ...more });

  const now = () => chart.getBoundingClientRect().width / full;

  /** Change the scale round a point that stays. */
  function zoom(wanted, at = [view.clientWidth / 2, view.clientHeight / 2]) {
    const point = [view.scrollLeft + at[0], view.scrollTop + at[1]];
    const before = now();
    const scale = Math.min(SCALES.at(-1), Math.max(least, wanted));
    chart.style.width = `${full * scale}px`;
    chart.style.maxWidth = "none";
    const by = now() / before;
    view.scrollLeft = point[0] * by - at[0];
    view.scrollTop = point[1] * by - at[1];
  }
  const larger = () => zoom(SCALES.find((one) => one > now() + 0.01) ?? SCALES.at(-1));
  const smaller = () => zoom(SCALES.findLast((one) => one < now() - 0.01) ?? 0);
  const fit = () => zoom(view.clientWidth / full);

  function visit(id, root = chart) {
    const target = root.querySelector(`[data-${root === chart ? "step" : "at"}="${CSS.escape(today(steps, id))}"]`);
    if (!target) return;
    const strip = target.closest("details");
    if (strip) strip.open = true;
    target.focus({ preventScroll: true });
    reveal(target);
  }

  const find = make("input", {
    type: "search",
    list: "pb-steps",
    placeholder: "Find a step",
    "aria-label": "Find a step in the chart",
    autocomplete: "off",
    onchange: () => {
      const wanted = find.value.trim().toLowerCase();
      const named = (same) => wanted && [...steps.values()].find((step) => same(step.title.toLowerCase()));
      const found = named((title) => title === wanted) ?? named((title) => title.includes(wanted));
      if (found) visit(found.id);
    },
  });
  const tool = (text, title, act) => button(text, act, { "aria-label": title, title });
  const whole = () => (document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen());
  tools.replaceChildren(
    find,
    make("datalist", { id: "pb-steps" }, ...[...steps.values()].map((step) => make("option", { value: step.title }))),
    tool("−", "Smaller", smaller),
    tool("+", "Larger", larger),
    tool("Fit", "Fit the chart to the screen", fit),
    ...(document.fullscreenEnabled ? [tool("Full screen", "Full screen", whole)] : []),
  );

  function wheel(event) {
    // Without the key the wheel scrolls the page, as everywhere.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = view.getBoundingClientRect();
    zoom(now() * 1.002 ** -event.deltaY, [event.clientX - frame.left, event.clientY - frame.top]);
  }

  /* Two fingers: the style sheet leaves one finger to scrolling. */
  const fingers = new Map();
  let spread;
  function finger(event) {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (fingers.size !== 2) return;
    const [[x1, y1], [x2, y2]] = fingers.values();
    const wide = Math.hypot(x1 - x2, y1 - y2);
    const frame = view.getBoundingClientRect();
    if (spread) zoom((spread.scale * wide) / spread.wide, [(x1 + x2) / 2 - frame.left, (y1 + y2) / 2 - frame.top]);
    else spread = { wide, scale: now() };
  }
  function lift(event) {
    fingers.delete(event.pointerId);
    spread = undefined;
  }

  /* The card of a step comes on pointing and on focus, can be pointed at itself, and goes on Escape. */
  const summary = make("p", { id: "pb-about" });
  const card = make("div", { class: "pb-card-about", hidden: true });
  figure.append(card);
  let about;
  let timer;

  function light(id, around = []) {
    for (const one of boxes) one.toggleAttribute("data-lit", around.some((step) => step.id === stepOf(one)));
    for (const one of arrows) one.toggleAttribute("data-lit", [one.dataset.from, one.dataset.to].includes(id));
    chart.toggleAttribute("data-lighting", Boolean(id));
  }

  function tell(target) {
    hide();
    const step = steps.get(stepOf(target));
    const before = [...steps.values()].filter((other) => other.routes.some((route) => route.to === step.id));
    const after = step.routes.map((route) => steps.get(route.to));
    const named = (words, some) => some.length ? [make("p", {}, make("b", {}, words), some.map((one) => `${one.number} ${one.title}`).join("; "))] : [];
    light(step.id, [...before, ...after]);
    about = target;
    summary.textContent = step.summary ?? step.title;
    card.replaceChildren(make("p", { class: "pb-caption" }, `${step.number} · ${step.kindName}`), summary, ...named("Leads here: ", before), ...named("Can come next: ", after));
    card.hidden = false;
    target.setAttribute("aria-describedby", "pb-about");
    // Beside the box, never on it: what has the focus stays in sight.
    const [at, frame, size] = [target, figure, card].map((one) => one.getBoundingClientRect());
    const x = at.left - frame.left;
    const beside = [x + at.width, x - size.width].find((left) => left >= 0 && left + size.width <= frame.width);
    card.style.left = `${beside ?? Math.max(0, Math.min(x, frame.width - size.width))}px`;
    card.style.top = `${(beside === undefined ? at.bottom : at.top) - frame.top}px`;
  }

  function hide() {
    clearTimeout(timer);
    if (!about) return false;
    about.removeAttribute("aria-describedby");
    about = undefined;
    card.hidden = true;
    light();
    return true;
  }

  function point(event) {
    if (event.pointerType !== "mouse") return;
    const target = event.target.closest?.(".pb-box");
    if (!target || target === about) return;
    clearTimeout(timer);
    timer = setTimeout(() => tell(target), 200);
  }

  function leave(event) {
    clearTimeout(timer);
    const to = event.relatedTarget;
    if (about && to !== card && !card.contains(to) && !about.contains(to) && document.activeElement !== about) hide();
  }

  function key(event) {
    const target = event.target.closest?.(".pb-box");
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const resize = { "+": larger, "-": smaller, 0: fit }[event.key];
    if (resize && view.contains(event.target)) {
      event.preventDefault();
      resize();
    }
    if (!target) return;
    const id = stepOf(target);
    const order = [...steps.keys()];
    const ways = steps.get(id).routes.map((route) => route.to);
    const from = order.filter((name) => steps.get(name).routes.some((route) => route.to === id));
    const beside = from.flatMap((name) => steps.get(name).routes.map((route) => route.to));
    const turn = (by) => beside[(beside.indexOf(id) + by + beside.length) % beside.length];
    const next = {
      ArrowDown: ways[0],
      ArrowUp: from[0] ?? steps.get(id).host,
      ArrowLeft: turn(-1),
      ArrowRight: turn(1),
      Home: order[0],
      End: order.at(-1),
      Escape: "",
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const window_ = target.closest(".pb-scroll, .pb-strips");
    if (next) visit(next, window_ === view ? chart : window_);
    else if (!hide()) window_.focus();
  }

  on(view, "wheel", wheel, { passive: false });
  on(view, "pointerdown", finger);
  on(view, "pointermove", finger);
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) on(view, name, lift);
  on(view, "scroll", () => document.activeElement !== about && hide());
  on(chart, "pointerover", point);
  on(chart, "pointerout", leave);
  on(card, "pointerleave", leave);
  // Not on the chart itself: an SVG that listens for the focus takes it.
  on(view, "focusin", ({ target }) => {
    if (!target.matches(".pb-box:focus-visible")) return;
    reveal(target);
    tell(target);
  });
  on(view, "focusout", hide);
  on(document, "keydown", (event) => event.key === "Escape" && !event.target.closest?.(".pb-box") && hide());
  for (const one of document.querySelectorAll(".pb-scroll, .pb-strips")) on(one, "keydown", key);
  const asked = new URLSearchParams(location.search).get("step");
  if (asked) visit(asked);
  return () => {
    hide();
    stop.abort();
    card.remove();
    chart.style.width = chart.style.maxWidth = "";
    tools.replaceChildren();
  };
}

/** Let Escape close what explains a word. */
function explanations() {
  const open = () => document.querySelectorAll(".pb-term:is(:hover, :focus-within)");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const term of open()) term.toggleAttribute("data-closed", true);
  });
  for (const name of ["pointerout", "focusout"])
    document.addEventListener(name, (event) => {
      const term = event.target.closest?.(".pb-term");
      if (term && !term.contains(event.relatedTarget)) term.removeAttribute("data-closed");
    });
}

/** Let a theme set the address of a link in a chart, as it does with all of a page it swaps in. */
function settable() {
  const href = Object.getOwnPropertyDescriptor(SVGAElement.prototype, "href");
  if (!href?.configurable || href.set) return;
  const set = function () {
    this.setAttribute("href", new URL(this.getAttribute("href"), this.baseURI));
  };
  Object.defineProperty(SVGAElement.prototype, "href", { ...href, set });
}

/** Start on this page, and on each that a theme swaps in. */
function begin() {
  let undo = [];
  const start = () => {
    for (const one of undo) one();
    undo = [
      ...[...document.querySelectorAll("[data-pb-map]")].map(map),
      ...[...document.querySelectorAll("[data-pb-walk]")].map(mount),
    ];
  };
  explanations();
  if (globalThis.document$) {
    settable();
    globalThis.document$.subscribe(start);
  } else start();
}

if (globalThis.document) begin();
