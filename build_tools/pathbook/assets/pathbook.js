/* Walks a reader through a chart. What it knows it reads from the list of steps; the walk is in the
   address, nothing is stored or sent. `walk.py` says and documents the same for `read` to `separating`;
   `mount` and `map` bring the walk and the chart to life and give back what undoes it. */

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
    const differs = "differs" in item.dataset;
    const kindName = item.querySelector(".pb-kind")?.textContent;
    const summary = item.querySelector("[data-summary]")?.cloneNode(true);
    for (const meaning of summary?.querySelectorAll(".pb-meaning") ?? []) meaning.remove();
    const on = item.querySelector("a[data-goes-on]");
    steps.set(id, { id, kind, kindName, summary: summary?.textContent, take, host, was: was.split(" ").filter(Boolean), routes, on, differs, number: item.value, title: link.textContent, href: link.href });
  }
  return steps;
}

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

const fixed = (step) => (step.take === "all" || needed(step).length === 1 ? needed(step).map((route) => route.id) : []);

export const asks = (step) =>
  step.routes.length > needed(step).length || (needed(step).length > 1 && step.take !== "all");

export function fits(step, chosen) {
  const known = new Map(step.routes.map((route) => [route.id, route]));
  if (new Set(chosen).size < chosen.length || chosen.some((id) => !known.has(id))) return false;
  const count = chosen.filter((id) => !known.get(id).optional).length;
  const all = needed(step).length;
  if (step.take === "all" || !all) return count === all && chosen.length > 0;
  return step.take === "any" ? count >= 1 : count === 1;
}

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

export const reachable = (steps, walk) =>
  new Set([...after(steps, [walk.current, ...walk.waiting]), ...walk.waiting]);

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

const p = (...inside) => make("p", {}, ...inside);

const list = (name, parts) => make(name, {}, ...parts.map((part) => make("li", {}, ...[part].flat())));

function missing(what) {
  console.warn(`pathbook: ${what}`);
  return () => {};
}

const drawings = () => [...document.querySelectorAll(".pb-scroll .pb-chart, .pb-slices .pb-chart")];

const stepOf = (box) => box.dataset.step ?? box.dataset.at;

/** What stands for a step; a box of an overview stands for parts. */
const BOX = ".pb-box:not([data-parts])";

/** From what is told first, where several are true. */
const STATES = ["current", "taken", "reachable", "ruled-out"];

function set(element, name, value) {
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}

function describe(box, more) {
  const { state } = box.dataset;
  const names = [state && state !== "reachable" && `pb-key-${state}`, more].filter(Boolean);
  set(box, "aria-describedby", names.join(" "));
}

function bring(box) {
  const view = box.closest(".pb-scroll, .pb-stages");
  const at = box.getBoundingClientRect();
  const frame = view.getBoundingClientRect();
  if (at.left >= frame.left && at.right <= frame.right && at.top >= frame.top && at.bottom <= frame.bottom) return;
  view.scrollLeft += at.left + at.width / 2 - frame.left - view.clientWidth / 2;
  view.scrollTop += at.top + at.height / 2 - frame.top - view.clientHeight / 2;
}

const HEADER = 80;

/** Bring a box into sight; not every browser scrolls to a part of an SVG. */
function reveal(box) {
  bring(box);
  const { top, bottom } = box.getBoundingClientRect();
  if (top < HEADER || bottom > innerHeight) scrollBy(0, top - 2 * HEADER);
}

export function mount(place) {
  const outline = document.querySelector(".pb-outline");
  if (!outline || !place.dataset.start) return missing("the walk needs the list of steps and a start");
  const steps = read(outline);
  const start = place.dataset.start;
  const asIs = [...place.childNodes];
  const drawn = (selector) => drawings().flatMap((drawing) => [...drawing.querySelectorAll(selector)]);
  const boxes = drawn(BOX).map((element) => ({ element, about: stepOf(element) }));
  const arrows = drawn("g[data-route], g[data-way]").map((element) => {
    const way = element.dataset.way ?? `${element.dataset.from} ${element.dataset.route}`;
    return { element, way, from: way.slice(0, way.indexOf(" ")) };
  });
  const strips = [...document.querySelectorAll(".pb-strip")];
  const parts = drawn("[data-parts]").map((element) => ({
    element,
    about: element,
    boxes: element.dataset.parts.split(" ").flatMap((number) => boxes.filter((box) => strips[number - 1].contains(box.element))),
  }));
  // It must stand there before it speaks.
  const note = make("p", { role: "status", class: "pb-walk-note" });
  const say = (words) => requestAnimationFrame(() => (note.textContent = words));
  const body = make("div");
  let [opened] = strips;
  let walk;
  let changed;

  const link = (id) => make("a", { href: steps.get(id).href }, steps.get(id).title);
  const label = (step, id) => {
    const route = step.routes.find((one) => one.id === id);
    const to = steps.get(route.to).title;
    if (route.when) return step.kind === "decision" ? route.when : `${route.when}: ${to}`;
    return `Go on with ${to}`;
  };
  const said = ([name, ids]) => {
    const step = steps.get(name);
    const sure = fixed(step);
    return ids.filter((id) => !sure.includes(id)).map((id) => label(step, id)).join("; ") || "nothing added";
  };

  function why([name, ids]) {
    const step = steps.get(name);
    if (walk.answers.some(([other]) => other === name)) return `“${step.title}” has another answer too`;
    if (!step) return `“${name}” is no longer a step of this pathway`;
    if (!fits(step, ids)) return `“${step.title}” no longer has the answer “${ids.join(", ")}”`;
    return `“${step.title}” is no longer on your way`;
  }

  function go(wanted, how = "pushState") {
    changed = undefined;
    walk = follow(steps, start, wanted);
    const inside = how === "pushState" || body.contains(document.activeElement);
    const reasons = [...new Set(walk.dropped.filter(([name, ids]) => name && ids[0]).map(why))];
    const rest = reasons.splice(3).length;
    const words = how === "pushState" ? "Left out" : "This link no longer fits in full";
    say(reasons.length ? `${words}: ${reasons.join("; ")}${rest ? `; and ${rest} more` : ""}.` : "");
    if (how) {
      const address = new URL(location.href);
      address.searchParams.delete("walk");
      if (how === "pushState") {
        address.searchParams.delete("step");
        address.hash = "";
      }
      const text = written(walk.answers);
      address.search = [address.searchParams.toString(), text && `walk=${text}`].filter(Boolean).join("&");
      if (address.href !== location.href) history[how]({}, "", address);
    }
    show(walk);
    if (inside) focus();
  }

  const focus = () => requestAnimationFrame(() => body.querySelector(".pb-walk-now")?.focus());

  function change(at) {
    changed = { at, answer: walk.answers[at] };
    say("");
    show(follow(steps, start, walk.answers.slice(0, at)));
    focus();
  }

  function choose(here, ids) {
    const at = changed?.at ?? walk.answers.length;
    go([...walk.answers.slice(0, at), [here, ids], ...walk.answers.slice(at + 1)]);
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
    const hint = step.take === "any" ? "Choose one or more." : asked.some(one) ? "Choose one. What is optional may be added." : "Tick what is part of it for you. You can tick nothing.";
    const onsubmit = (event) => {
      event.preventDefault();
      const picked = several ? [...event.target.querySelectorAll(":checked")] : [event.submitter];
      const chosen = [...sure, ...picked.map((input) => input.value)];
      const ids = step.routes.map((route) => route.id).filter((id) => chosen.includes(id));
      if (fits(step, ids)) choose(step.id, ids);
      else {
        missing.hidden = false;
        event.target.querySelector("input").focus();
      }
    };
    return make(
      "form",
      { class: "pb-walk-answers", onsubmit, onchange: () => (missing.hidden = true) },
      ...(several ? [p(hint)] : []),
      ...asked.map(choice),
      ...(several ? [missing, make("button", {}, "Go on")] : []),
    );
  }

  function unsure(shown) {
    const about = make("div");
    const fill = () => {
      const question = separating(steps, shown);
      about.replaceChildren(
        p("These ends are still possible:"),
        list("ul", ends(steps, shown).map(link)),
        ...(question ? [p("The next question that separates them: ", question === shown.current ? "the one above" : link(question))] : []),
        p("Read its page, and take its questions to your care team."),
      );
    };
    return make("details", { class: "pb-walk-unsure" }, make("summary", { onclick: fill }, "Not sure yet"), about);
  }

  function strands({ names, at, meet }) {
    const told = (name, i) => [link(name), i === at ? make("b", {}, " (you are in this one)") : i > at ? " (comes after)" : ""];
    return make(
      "div",
      { class: "pb-walk-strands" },
      p(`Part ${at + 1} of ${names.length} that go together:`),
      list("ol", names.map(told)),
      meet ? p("They meet at ", link(meet), ".") : undefined,
    );
  }

  function ending(step) {
    if (!step.on) return p("This way ends here. It says what the sources say, not what you should do. Its page says more.");
    const there = new URL(step.on.href);
    there.searchParams.set("from", place.dataset.pathway + location.search);
    return p("This goes on in another pathway: ", make("a", { href: there.href, "data-goes-on": true }, step.on.textContent), ".");
  }

  function origin() {
    const [name, search = ""] = (new URLSearchParams(location.search).get("from") ?? "").split(/\?(.*)/s);
    const known = place.parentElement.querySelector(`[data-pb-origin="${CSS.escape(name)}"]`);
    if (!known) return undefined;
    return make("p", { class: "pb-walk-origin" }, "You came from another pathway. Go back to ", make("a", { href: `${known.href}?${search}` }, known.textContent), ", where you were.");
  }

  function path() {
    const [sheet, asked] = ["sheet", "questions"].map((name) => document.querySelector(`template[data-pb-${name}]`).content.cloneNode(true));
    const here = steps.get(walk.current);
    const titles = (ids) => ids.map((id) => make("li", {}, steps.get(id).title));
    const passed = [...walk.taken, walk.current].filter((id) => id === walk.current || steps.get(id).kind !== "decision");
    const fill = (name, ...inside) => sheet.querySelector(`[data-${name}]`).append(...inside);
    fill("answers", ...walk.answers.map((one) => make("li", {}, `${steps.get(one[0]).title} `, make("b", {}, said(one)))));
    fill("here", here.title);
    fill("next", ...here.routes.map((route) => make("li", {}, `${route.when ? `${route.when}: ` : ""}${steps.get(route.to).title}`)));
    fill("ends", ...titles(ends(steps, walk)));
    for (const id of [...new Set(passed)].slice(-4)) {
      const found = asked.querySelector(`[data-step="${id}"]`);
      if (found) fill("ask", make("h3", {}, steps.get(id).title), found);
    }
    fill("day", new Date().toLocaleDateString());
    fill("address", location.href);
    return sheet.firstElementChild;
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

  async function copy() {
    try {
      await navigator.clipboard.writeText(location.href);
      say("The link is copied.");
    } catch {
      say("Copy the address of this page instead.");
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
    const between = shown.taken.slice(shown.taken.lastIndexOf(shown.answers.at(-1)?.[0]) + 1);
    body.replaceChildren(
      ...(came ? [came] : []),
      ...(past.length ? [make("p", { class: "pb-caption" }, "Your answers so far"), list("ol", past)] : []),
      ...shown.strands.map(strands),
      make(
        "div",
        { class: "pb-walk-now", tabindex: "-1", "data-now": shown.current },
        ...(between.length ? [make("p", { class: "pb-walk-between" }, "On the way: ", ...between.flatMap((id, i) => [i ? "; " : "", link(id)]))] : []),
        make("p", { class: "pb-caption" }, caption),
        make("h3", { class: "pb-walk-question" }, link(shown.current)),
        ...(step.summary ? [p(step.summary)] : []),
        ...(step.differs ? [p("Sources differ about this.")] : []),
        over ? ending(step) : question(step),
      ),
      ...(changed ? [p(button("Leave it as it was", () => go(walk.answers), { class: "pb-walk-keep" }))] : over ? [] : [unsure(shown)]),
      ...(past.length ? [p(button("Print my path", print), " ", button("Copy link", copy), " ", button("Start again", () => go([])))] : []),
    );
    place.toggleAttribute("data-walking", past.length > 0);
    paint(shown);
  }

  function mark(drawing, state) {
    if (state === drawing.state) return;
    drawing.state = state;
    set(drawing.element, "data-state", state);
    if (drawing.about) describe(drawing.element);
  }

  function paint(shown) {
    const found = shown && states(steps, shown);
    for (const box of boxes) mark(box, found?.get(box.about));
    for (const arrow of arrows) {
      const open = ["current", "reachable"].includes(found?.get(arrow.from));
      mark(arrow, found && (shown.routes.has(arrow.way) ? "taken" : open ? "reachable" : "ruled-out"));
    }
    for (const part of parts) mark(part, STATES.find((state) => part.boxes.some((box) => box.state === state)));
    if (!shown) return;
    const here = boxes.filter((box) => box.state === "current").map((box) => box.element);
    const stage = strips.find((strip) => here.some((box) => strip.contains(box)));
    if (stage && stage !== opened) {
      opened.open = false;
      stage.open = true;
      opened = stage;
    }
    if (shown.answers.length || !(location.search || location.hash)) requestAnimationFrame(() => here.forEach(bring));
  }

  const asked = () => parse(new URLSearchParams(location.search).get("walk")).map(([step, routes]) => [today(steps, step), routes]);
  const back = () => written(asked()) !== written(walk.answers) && go(asked(), "");
  place.replaceChildren(note, body);
  const stop = new AbortController();
  addEventListener("popstate", back, { signal: stop.signal });
  addEventListener("beforeprint", () => walk.answers.length || paint(), { signal: stop.signal });
  addEventListener("afterprint", () => paint(walk), { signal: stop.signal });
  go(asked(), "replaceState");
  document.querySelector("[data-pb-saved]")?.toggleAttribute("hidden", !walk.answers.length);
  const keep = ({ target }) => {
    const to = target.closest("a.pb-box, .pb-walk a:not([href*='?'])");
    if (to && walk.answers.length) to.setAttribute("href", `${to.getAttribute("href").split("?")[0]}?walk=${written(walk.answers)}`);
  };
  document.addEventListener("click", keep, { signal: stop.signal, capture: true });
  return () => {
    stop.abort();
    paint();
    place.replaceChildren(...asIs);
  };
}

const SCALES = [0.5, 0.7, 0.85, 1, 1.25, 1.5, 2, 3];

export function map(tools) {
  const figure = tools.closest("figure");
  const view = figure?.querySelector(".pb-scroll");
  const chart = view?.querySelector(".pb-chart");
  const outline = document.querySelector(".pb-outline");
  if (!chart || !outline) return missing("the map needs a chart and the list of steps");
  const steps = read(outline);
  const boxes = [...chart.querySelectorAll(".pb-box")];
  const stages = document.querySelector(".pb-stages");
  const arrows = chart.querySelectorAll("g[data-from]");
  const full = chart.width.baseVal.value;
  // WCAG 2.5.8
  const least = 24 / Math.min(...boxes.map((one) => one.querySelector(".pb-shape").getBBox().height));
  const stop = new AbortController();
  const on = (target, name, act, more = {}) => target.addEventListener(name, act, { signal: stop.signal, ...more });

  const now = () => chart.getBoundingClientRect().width / full;

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
    const target = [root, stages].flatMap((one) => [...one.querySelectorAll(BOX)]).find((box) => stepOf(box) === today(steps, id));
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
    onkeydown: (event) => event.key === "Enter" && search(),
    // What is picked from the list is no typing.
    oninput: (event) => (event.inputType ?? "insertReplacementText") === "insertReplacementText" && search(),
  });
  const none = make("span", { role: "status" });
  function search() {
    const wanted = find.value.trim().toLowerCase();
    const named = (same) => wanted && [...steps.values()].find((step) => same(step.title.toLowerCase(), step));
    const found = named((title, step) => title === wanted || `${step.number}` === wanted) ?? named((title) => title.includes(wanted));
    none.textContent = wanted && !found ? "No step found" : "";
    if (found) visit(found.id);
  }
  const tool = (text, title, act) => button(text, act, { "aria-label": title, title });
  const whole = () => (document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen());
  tools.replaceChildren(
    find,
    make("datalist", { id: "pb-steps" }, ...[...steps.values()].map((step) => make("option", { value: step.title }))),
    none,
    tool("−", "Smaller", smaller),
    tool("+", "Larger", larger),
    tool("Fit", "Fit the chart to the screen", fit),
    ...(document.fullscreenEnabled ? [tool("Full screen", "Full screen", whole)] : []),
  );

  function wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = view.getBoundingClientRect();
    zoom(now() * 1.002 ** -event.deltaY, [event.clientX - frame.left, event.clientY - frame.top]);
  }

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
    const named = (words, some) => some.length ? [p(make("b", {}, words), some.map((one) => `${one.number} ${one.title}`).join("; "))] : [];
    light(step.id, [...before, ...after]);
    about = target;
    summary.textContent = step.summary ?? step.title;
    card.replaceChildren(make("p", { class: "pb-caption" }, `${step.number} ${step.title} · ${step.kindName}`), summary, ...named("Leads here: ", before), ...named("Can come next: ", after));
    card.hidden = false;
    describe(target, "pb-about");
    const [at, frame, size] = [target, figure, card].map((one) => one.getBoundingClientRect());
    const x = at.left - frame.left;
    const beside = [x + at.width, x - size.width].find((left) => left >= 0 && left + size.width <= frame.width);
    card.style.left = `${beside ?? Math.max(0, Math.min(x, frame.width - size.width))}px`;
    card.style.top = `${(beside === undefined ? at.bottom : Math.min(at.top, innerHeight - size.height)) - frame.top}px`;
  }

  function hide() {
    clearTimeout(timer);
    if (!about) return false;
    describe(about);
    about = undefined;
    card.hidden = true;
    light();
    return true;
  }

  function point(event) {
    if (event.pointerType !== "mouse") return;
    const target = event.target.closest?.(BOX);
    if (!target) return;
    clearTimeout(timer);
    if (target !== about) timer = setTimeout(() => tell(target), 200);
  }

  function leave(event) {
    clearTimeout(timer);
    const to = event.relatedTarget;
    // A little later: the way to the card may lead over what is no box.
    if (about && !card.contains(to) && !about.contains(to) && document.activeElement !== about) timer = setTimeout(hide, 300);
  }

  function key(event) {
    const target = event.target.closest?.(BOX);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const resize = { "+": larger, "-": smaller, 0: fit }[event.key];
    if (resize && view.contains(event.target)) {
      event.preventDefault();
      resize();
      if (target) reveal(target);
      if (target === about) tell(target);
    }
    if (!target) return;
    const id = stepOf(target);
    const order = [...steps.keys()];
    const ways = steps.get(id).routes.map((route) => route.to);
    const from = order.filter((name) => steps.get(name).routes.some((route) => route.to === id));
    const beside = [...new Set(from.flatMap((name) => steps.get(name).routes.map((route) => route.to)))];
    const turn = (by) => (beside.length > 1 ? beside[(beside.indexOf(id) + by + beside.length) % beside.length] : undefined);
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
    const window_ = target.closest(".pb-scroll, .pb-stages");
    if (next) visit(next, window_ === view ? chart : window_);
    else if (!hide()) window_.focus();
  }

  on(view, "wheel", wheel, { passive: false });
  on(view, "pointerdown", finger);
  on(view, "pointermove", finger);
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) on(view, name, lift);
  on(view, "scroll", () => document.activeElement !== about && hide());
  on(document, "fullscreenchange", () => bring(about ?? chart.querySelector('[data-state="current"]') ?? boxes[0]));
  on(chart, "pointerover", point);
  on(chart, "pointerout", leave);
  on(card, "pointerleave", leave);
  on(card, "pointerenter", () => clearTimeout(timer));
  // Not on the chart itself: an SVG that listens for the focus takes it.
  on(view, "focusin", ({ target }) => {
    if (!target.matches(".pb-box:focus-visible")) return;
    reveal(target);
    if (target.matches(BOX)) tell(target);
  });
  on(view, "focusout", hide);
  on(document, "keydown", (event) => event.key === "Escape" && !event.target.closest?.(".pb-box") && hide());
  for (const one of document.querySelectorAll(".pb-scroll, .pb-stages")) on(one, "keydown", key);
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

/** Let a theme that swaps pages in set the address of a link in a chart. */
function settable() {
  const href = Object.getOwnPropertyDescriptor(SVGAElement.prototype, "href");
  if (!href?.configurable || href.set) return;
  const set = function () {
    this.setAttribute("href", new URL(this.getAttribute("href"), this.baseURI));
  };
  Object.defineProperty(SVGAElement.prototype, "href", { ...href, set });
}

function home() {
  const text = new URLSearchParams(location.search).get("walk");
  const to = document.querySelector("[data-pb-home]");
  if (!to || !text) return;
  to.hidden = false;
  to.search = `?walk=${text}`;
}

function begin() {
  let undo = [];
  const start = () => {
    home();
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
