/* Walks a reader through a chart. It improves a page that works without it: all it knows it reads
   from `data-` attributes of the list of steps, it keeps the walk in the address, and it stores and
   sends nothing. `walk.py` says in Python what `follow` does here; tests hold the two together. */

/** Read the steps from the list that stands on the page. */
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
    steps.set(id, { id, kind, take, host, was: was.split(" ").filter(Boolean), routes, number: item.value, title: link.textContent, href: link.href });
  }
  return steps;
}

/** Give the id that a step has today: an old link may name a former one. */
export const today = (steps, id) =>
  steps.has(id) ? id : ([...steps.values()].find((step) => step.was.includes(id))?.id ?? id);

/** Read the answers from an address: `step:route,step:route;route`. */
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

/** The routes that every answer at a step takes, so that nobody has to choose them. */
const fixed = (step) => (step.take === "all" || needed(step).length === 1 ? needed(step) : []);

/** Tell whether a reader has to choose at a step. */
export const asks = (step) =>
  step.routes.length > needed(step).length || (needed(step).length > 1 && step.take !== "all");

/** Tell whether some routes are an answer at a step. */
export function fits(step, chosen) {
  const known = new Map(step.routes.map((route) => [route.id, route]));
  if (new Set(chosen).size < chosen.length || chosen.some((id) => !known.has(id))) return false;
  const count = chosen.filter((id) => !known.get(id).optional).length;
  const all = needed(step).length;
  if (step.take === "all" || !all) return count === all && chosen.length > 0;
  return step.take === "any" ? count >= 1 : count === 1;
}

/** Name all that steps lead to; routes that go back only if asked for. */
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

/** Find where strands meet: the nearest step that all of them lead to. */
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

/** Walk from the start as far as the answers lead. */
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
      splits.push({ opened: taken.length, meet: meeting(steps, targets), waiting: targets.slice(1), met: false });
    } else if (chosen[0].back && taken.includes(targets[0])) {
      const before = taken.lastIndexOf(targets[0]);
      while (splits.length && splits.at(-1).opened > before) splits.pop();
    }
    here = targets[0];
  }
  const waiting = splits.flatMap((split) => [...split.waiting, split.meet]).filter(Boolean);
  return { taken, current: here, answers: used, dropped: left, waiting: [...new Set(waiting)], ended, routes };
}

/** Name the steps that can still come. */
export const reachable = (steps, walk) =>
  new Set([...after(steps, [walk.current, ...walk.waiting]), ...walk.waiting]);

/** Tell of each step whether it is taken, current, reachable or ruled out. */
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

/** Name the ends that were reached or can still be. */
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

/** Bring the walk of a page to life; gives back what undoes it. */
export function mount(place) {
  const list = document.querySelector(".pb-outline");
  const chart = document.querySelector(".pb-scroll .pb-chart");
  if (!list || !place.dataset.start) {
    console.warn("pathbook: the walk needs the list of steps and a start");
    return () => {};
  }
  const steps = read(list);
  const start = place.dataset.start;
  const asIs = [...place.childNodes];
  let walk;
  let note = "";
  let pending;

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
    const sure = fixed(step).map((route) => route.id);
    const picked = ids.filter((id) => !sure.includes(id));
    return (picked.length ? picked : ids).map((id) => label(step, id)).join("; ");
  };

  function go(wanted, how = "pushState") {
    walk = follow(steps, start, wanted);
    note = walk.dropped.length
      ? `No longer part of your way: ${walk.dropped.map(([name]) => steps.get(name)?.title ?? name).join("; ")}.`
      : "";
    if (how) {
      const address = new URL(location.href);
      address.searchParams.delete("walk");
      const text = written(walk.answers);
      const rest = address.searchParams.toString();
      address.search = [rest, text && `walk=${text}`].filter(Boolean).join("&");
      if (address.href !== location.href) history[how]({}, "", address);
    }
    show();
  }

  const focus = () => place.querySelector(".pb-walk-now")?.focus();

  function change(at) {
    // What came after is kept where it still applies, once this one is answered anew.
    const later = walk.answers.slice(at + 1);
    go(walk.answers.slice(0, at));
    pending = { for: walk.current, later };
    focus();
  }

  function choose(ids) {
    const later = pending?.for === walk.current ? pending.later : [];
    pending = undefined;
    go([...walk.answers, [walk.current, ids], ...later]);
    focus();
  }

  function question(step) {
    const several = step.take === "any" || step.routes.some((route) => route.optional);
    if (!several) {
      return make(
        "div",
        { class: "pb-walk-answers" },
        ...step.routes.map((route) =>
          make("button", { type: "button", "data-answer": route.id, onclick: () => choose([route.id]) }, label(step, route.id)),
        ),
      );
    }
    const sure = fixed(step);
    const type = (route) => (step.take === "one" && !route.optional ? "radio" : "checkbox");
    const box = (route) =>
      make(
        "label",
        {},
        make("input", { type: type(route), name: "pb-answer", value: route.id }),
        ` ${label(step, route.id)}${route.optional ? " (optional)" : ""}`,
      );
    const form = make(
      "form",
      {
        class: "pb-walk-answers",
        onsubmit: (event) => {
          event.preventDefault();
          const picked = [...form.querySelectorAll("input:checked")].map((input) => input.value);
          const ids = step.routes.filter((route) => sure.includes(route) || picked.includes(route.id)).map((route) => route.id);
          if (fits(step, ids)) choose(ids);
          else form.querySelector("p").hidden = false;
        },
      },
      ...step.routes.filter((route) => !sure.includes(route)).map(box),
      make("p", { hidden: true, role: "alert" }, "Choose at least one."),
      make("button", { type: "submit" }, "Go on"),
    );
    return form;
  }

  function unsure() {
    const possible = ends(steps, walk);
    const question = separating(steps, walk);
    return make(
      "details",
      { class: "pb-walk-unsure" },
      make("summary", {}, "Not sure yet"),
      make("p", {}, "These ends are still possible:"),
      make("ul", {}, ...possible.map((id) => make("li", {}, link(id)))),
      question ? make("p", {}, "The next question that separates them: ", link(question)) : undefined,
      make("p", {}, "Read its page, and take its questions to your care team."),
    );
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
      make("ol", {}, ...walk.answers.map((one) => make("li", {}, `${steps.get(one[0]).title} `, make("b", {}, said(one))))),
      make("h3", {}, over ? "Where this leads" : "The next question"),
      make("p", {}, steps.get(walk.current).title),
      ...(over ? [] : [make("h3", {}, "Ends that are still possible"), make("ul", {}, ...ends(steps, walk).map((id) => make("li", {}, steps.get(id).title)))]),
      ...(about.length ? [make("h2", {}, "Questions to ask"), ...about] : []),
      make("p", {}, `${place.dataset.version} Printed on ${new Date().toLocaleDateString()}.`),
      make("p", {}, location.href),
    );
  }

  function print() {
    const sheet = path();
    document.body.append(sheet);
    document.documentElement.classList.add("pb-printing");
    addEventListener(
      "afterprint",
      () => {
        sheet.remove();
        document.documentElement.classList.remove("pb-printing");
      },
      { once: true },
    );
    globalThis.print();
  }

  async function copy(event) {
    const button = event.target;
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Link copied";
    } catch {
      button.textContent = "Copy the address of this page";
    }
  }

  function show() {
    const step = steps.get(walk.current);
    const over = !step.routes.length;
    const round = walk.taken.filter((id) => id === walk.current).length + 1;
    const past = walk.answers.map((one, at) =>
      make(
        "li",
        {},
        link(one[0]),
        " ",
        make("b", {}, said(one)),
        " ",
        make("button", { type: "button", class: "pb-walk-change", "aria-label": `Change: ${steps.get(one[0]).title}`, onclick: () => change(at) }, "Change"),
      ),
    );
    place.replaceChildren(
      ...(past.length ? [make("p", { class: "pb-caption" }, "Your answers so far"), make("ol", { class: "pb-walk-past" }, ...past)] : []),
      make("p", { role: "status", class: "pb-walk-note" }, note),
      make(
        "div",
        { class: "pb-walk-now", tabindex: "-1", "data-now": walk.current },
        make("p", { class: "pb-caption" }, over ? "Where this way leads" : round > 1 ? `Now, round ${round}` : "Now"),
        make("p", { class: "pb-walk-question" }, link(walk.current)),
        over ? make("p", {}, "This way ends here. It says what the sources say in this case, and not what you should do.") : question(step),
      ),
      ...(over ? [] : [unsure()]),
      ...(chart && past.length ? [make("p", { class: "pb-walk-key" }, "In the chart below: a thick line is your way, a thick frame in another color is where you are, and what is dotted and struck out is no longer on your way.")] : []),
      ...(past.length ? [make("p", {},
        make("button", { type: "button", onclick: print }, "Print my path"), " ",
        make("button", { type: "button", onclick: copy }, "Copy link"), " ",
        make("button", { type: "button", class: "pb-walk-again", onclick: () => go([]) }, "Start again"))] : []),
    );
    paint(walk);
  }

  function paint(walk) {
    if (!chart) return;
    const found = walk && states(steps, walk);
    for (const box of chart.querySelectorAll(".pb-box[data-step]")) {
      if (found) box.dataset.state = found.get(box.dataset.step);
      else delete box.dataset.state;
    }
    for (const arrow of chart.querySelectorAll("g[data-from]")) {
      const { from, route } = arrow.dataset;
      const open = found && (walk.routes.has(`${from} ${route}`) ? "taken" : ["current", "reachable"].includes(found.get(from)) ? "reachable" : "ruled-out");
      if (open) arrow.dataset.state = open;
      else delete arrow.dataset.state;
    }
    if (walk?.answers.length) bring(chart.querySelector('[data-state="current"]'));
  }

  const asked = () => {
    const pairs = parse(new URLSearchParams(location.search).get("walk"));
    return pairs.map(([step, routes]) => [today(steps, step), routes]);
  };
  const back = () => go(asked(), "");
  addEventListener("popstate", back);
  go(asked(), "replaceState");
  return () => {
    removeEventListener("popstate", back);
    paint();
    place.replaceChildren(...asIs);
  };
}

/** Bring a box to the middle of the window on the chart; the page itself stays where it is. */
function bring(box) {
  const view = box?.closest(".pb-scroll");
  if (!view) return;
  const at = box.getBoundingClientRect();
  const frame = view.getBoundingClientRect();
  view.scrollLeft += at.left + at.width / 2 - frame.left - view.clientWidth / 2;
  view.scrollTop += at.top + at.height / 2 - frame.top - view.clientHeight / 2;
}

const SCALES = [0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.5, 2, 3];

/** Make a chart a map: zoom, fit, full screen, find a step, and arrow keys along its routes. */
export function map(tools) {
  const figure = tools.closest("figure");
  const view = figure.querySelector(".pb-scroll");
  const chart = view.querySelector(".pb-chart");
  const list = document.querySelector(".pb-outline");
  if (!chart || !list) return () => {};
  const steps = read(list);
  const box = (id) => chart.querySelector(`.pb-box[data-step="${CSS.escape(id)}"]`);
  const full = { width: chart.width.baseVal.value, height: chart.height.baseVal.value };
  let scale = 1;

  function zoom(wanted) {
    // What is in the middle stays in the middle.
    const middle = [view.scrollLeft + view.clientWidth / 2, view.scrollTop + view.clientHeight / 2];
    const before = chart.getBoundingClientRect().width;
    scale = Math.min(SCALES.at(-1), Math.max(SCALES[0], wanted));
    chart.style.width = `${full.width * scale}px`;
    chart.style.maxWidth = "none";
    const by = chart.getBoundingClientRect().width / before;
    view.scrollLeft = middle[0] * by - view.clientWidth / 2;
    view.scrollTop = middle[1] * by - view.clientHeight / 2;
  }
  const now = () => chart.getBoundingClientRect().width / full.width;
  const larger = () => zoom(SCALES.find((one) => one > now() + 0.01) ?? SCALES.at(-1));
  const smaller = () => zoom(SCALES.findLast((one) => one < now() - 0.01) ?? SCALES[0]);
  const fit = () => zoom(view.clientWidth / full.width);

  function visit(id) {
    const target = box(today(steps, id));
    if (!target) return false;
    bring(target);
    target.focus({ preventScroll: true });
    return true;
  }

  const find = make("input", {
    type: "search",
    list: "pb-steps",
    placeholder: "Find a step",
    "aria-label": "Find a step in the chart",
    autocomplete: "off",
    onchange: () => {
      const wanted = find.value.trim().toLowerCase();
      const all = [...steps.values()];
      const found = all.find((step) => step.title.toLowerCase() === wanted) ?? (wanted && all.find((step) => step.title.toLowerCase().includes(wanted)));
      if (found) visit(found.id);
    },
  });
  const button = (text, label, act) => make("button", { type: "button", "aria-label": label, title: label, onclick: act }, text);
  tools.replaceChildren(
    find,
    make("datalist", { id: "pb-steps" }, ...[...steps.values()].map((step) => make("option", { value: step.title }))),
    button("−", "Smaller", smaller),
    button("+", "Larger", larger),
    button("Fit", "Fit the chart to the screen", fit),
    ...(document.fullscreenEnabled ? [button("Full screen", "Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen()))] : []),
  );

  function wheel(event) {
    // Without the key the wheel scrolls the page, as everywhere.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (event.deltaY < 0) larger();
    else smaller();
  }

  function key(event) {
    const id = event.target.closest?.(".pb-box")?.dataset.step;
    if (!id || event.altKey || event.ctrlKey || event.metaKey) return;
    const order = [...steps.keys()];
    const ways = steps.get(id).routes.map((route) => route.to);
    const from = order.filter((name) => steps.get(name).routes.some((route) => route.to === id));
    const beside = from.flatMap((name) => steps.get(name).routes.map((route) => route.to));
    const turn = (by) => beside[(beside.indexOf(id) + by + beside.length) % beside.length];
    const target = {
      ArrowDown: ways[0],
      ArrowUp: from[0] ?? steps.get(id).host,
      ArrowLeft: turn(-1),
      ArrowRight: turn(1),
      Home: order[0],
      End: order.at(-1),
      Escape: "",
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    if (target) visit(target);
    else view.focus();
  }

  view.addEventListener("wheel", wheel, { passive: false });
  chart.addEventListener("keydown", key);
  const asked = new URLSearchParams(location.search).get("step");
  if (asked && visit(asked)) figure.scrollIntoView({ block: "start" });
  return () => {
    view.removeEventListener("wheel", wheel);
    chart.removeEventListener("keydown", key);
    chart.style.width = chart.style.maxWidth = "";
    tools.replaceChildren();
  };
}

/** Start on this page, and again on each page that a theme swaps in without loading it. */
function begin() {
  let undo = [];
  const start = () => {
    for (const one of undo) one();
    undo = [
      ...[...document.querySelectorAll("[data-pb-map]")].map(map),
      ...[...document.querySelectorAll("[data-pb-walk]")].map(mount),
    ];
  };
  if (globalThis.document$) globalThis.document$.subscribe(start);
  else start();
}

if (globalThis.document) begin();
