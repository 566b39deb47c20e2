"use strict";
(() => {
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const data = JSON.parse(byId("numbers").textContent);
const live = byId("live");
const say = (text) => { live.textContent = text; };
root.classList.add("js");

/* light and dark */
const theme = byId("theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
theme.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
});
system.addEventListener("change", nameTheme);
nameTheme();

/* contents and methods: always open at the side, one at a time above the text */
const wide = matchMedia("(min-width: 70rem)");
const folds = all(".side details");
const fold = () => { for (const one of folds) one.open = wide.matches; };
wide.addEventListener("change", fold);
fold();
const closeFolds = (but) => {
  if (!wide.matches) for (const one of folds) if (one !== but) one.open = false;
};
for (const one of folds) one.addEventListener("toggle", () => { if (one.open) closeFolds(one); });
for (const link of all(".side nav a")) link.addEventListener("click", () => closeFolds(null));
document.addEventListener("click", (event) => {
  if (!event.target.closest(".side")) closeFolds(null);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || wide.matches) return;
  const open = folds.find((one) => one.open);
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

/* methods */
const boxes = all("[data-arm]");
const needing = all("main [data-arms]").map((element) => [element, element.dataset.arms.split(" ")]);
let chosen = new Set(data.arms.keys());
const choose = (silent) => {
  chosen = new Set(boxes.filter((box) => box.checked).map((box) => Number(box.dataset.arm)));
  for (const [element, arms] of needing) {
    element.classList.toggle("off", !arms.every((arm) => chosen.has(Number(arm))));
  }
  const count = `${chosen.size} of ${boxes.length}`;
  byId("shown").textContent = `(${count})`;
  for (const one of rowPanels) closeRows(one, false);
  hide();
  if (!silent) say(`${count} methods shown`);
};
for (const box of boxes) box.addEventListener("change", () => choose(false));
for (const id of ["all", "none"]) {
  byId(id)?.addEventListener("click", () => {
    for (const box of boxes) box.checked = id === "all";
    choose(false);
  });
}

/* tables: up, down, as it was */
const words = new Intl.Collator("en", { numeric: true });
const sortTable = (table, column, way) => {
  const body = table.tBodies[0];
  table.original ??= [...body.rows];
  let rows = [...table.original];
  if (way) {
    const cells = new Map(rows.map((row) => [row, row.cells[column]]));
    const numeric = rows.some((row) => cells.get(row).dataset.v !== undefined);
    const key = (row) => {
      const cell = cells.get(row);
      if (!numeric) return cell.textContent;
      return cell.dataset.v === undefined ? null : Number(cell.dataset.v);
    };
    const keys = new Map(rows.map((row) => [row, key(row)]));
    rows.sort((one, other) => {
      const [a, b] = [keys.get(one), keys.get(other)];
      if (a === null || b === null) return (a === null) - (b === null);
      return way * (numeric ? a - b : words.compare(a, b));
    });
  }
  body.append(...rows);
};
for (const table of all("main table")) {
  if (table.tBodies[0].rows.length < 2) continue;
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const after = before === "ascending" ? "descending" : before ? null : "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      if (after) head.setAttribute("aria-sort", after);
      sortTable(table, column, after === "ascending" ? 1 : after ? -1 : 0);
      say(after ? `sorted by ${button.textContent}, ${after}` : "in the first order");
    });
  });
}

/* figures: numbers as journals print them */
const figures = (value) => {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  let text = Number.isInteger(size) && size < 1e6 ? String(size)
    : size >= 1e6 || size < 5e-4 ? size.toPrecision(3)
    : size >= 100 ? String(Number(size.toPrecision(5)))
    : size.toFixed(3);
  text = text.replace(/^0\./, ".");
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
};
const list = (number) => data.lists[number] ?? [];
const shownMark = (mark) => mark.arms.every((arm) => chosen.has(arm));
const onAxis = (axis, value) => {
  if (axis.names.length) return axis.names[Math.round(value)] ?? figures(value);
  return figures(value);
};
const share = (axis, value) => {
  const scale = axis.log ? Math.log10 : Number;
  const [low, high] = axis.ends.map(scale);
  return (scale(value) - low) / (high - low);
};
const bounded = (panel, mark, index) => {
  const own = panel.marks.find((other) => other.low !== undefined && shownMark(other)
    && other.look === mark.look && String(other.arms) === String(mark.arms)
    && (other.along === "y" ? other.x === mark.x : other.y === mark.y)
    && (other.kind === "band" || (other.x === mark.x && other.y === mark.y)));
  if (!own) return null;
  const [low, high] = [list(own.low)[index], list(own.high)[index]];
  if (low === null && high === null) return null;
  return { along: own.along, text: ` (${figures(low)} to ${figures(high)})` };
};
const describe = (panel, mark, index) => {
  const bounds = bounded(panel, mark, index);
  const part = (way) => {
    const axis = panel[way];
    const value = onAxis(axis, list(mark[way])[index]);
    const range = bounds?.along === way ? bounds.text : "";
    return axis.title ? `${axis.title}: ${value}${range}` : value + range;
  };
  return [mark.name || panel.title, part("x"), part("y")].filter((line, at, lines) =>
    line && lines.indexOf(line) === at);
};
/* panels with rows: those of methods that are not chosen close up, on paper they are all there */
const rowOf = (mark) => {
  const found = new Set(list(mark.y).filter((y) => y !== null).map(Math.round));
  return found.size === 1 ? [...found][0] : null;
};
const measure = (plot, panel) => {
  const svg = plot.querySelector("svg");
  const [, top, , bottom] = panel.box;
  const place = (element) => {
    const number = Number(element.dataset.number);
    if (element.classList.contains("row")) return { element, row: number };
    if (element.classList.contains("mark") && panel.marks[number].kind !== "rule") {
      return { element, row: rowOf(panel.marks[number]) };
    }
    const box = element.getBBox();
    if (box.height > 0.8 * (bottom - top)) return { element, tall: true };
    return { element, row: box.y > bottom - 1 ? panel.y.names.length : 0 };
  };
  const parts = [...svg.children].filter((child) => child.tagName !== "defs").map(place);
  return { svg, panel, parts, height: svg.viewBox.baseVal.height };
};
const closeRows = ({ svg, panel, parts, height }, whole) => {
  const [, top, , bottom] = panel.box;
  const size = panel.y.names.length;
  const marks = panel.marks.filter((mark) => mark.kind !== "rule" && list(mark.x).length);
  const shown = marks.filter(shownMark).map(rowOf);
  const closing = !whole && shown.length && !shown.includes(null);
  const hidden = [...Array(size).keys()].filter((row) => closing && !shown.includes(row)
    && marks.some((mark) => rowOf(mark) === row));
  const pitch = (bottom - top) / size;
  panel.shift = (row) => pitch * hidden.filter((other) => other < row).length;
  const scale = (size - hidden.length) / size;
  for (const { element, row, tall } of parts) {
    const move = tall ? `translate(0 ${top}) scale(1 ${scale}) translate(0 ${-top})`
      : `translate(0 ${-panel.shift(row)})`;
    element.classList.toggle("gone", element.classList.contains("row") && hidden.includes(row));
    if (!element.hasAttribute("data-own")) {
      element.setAttribute("data-own", element.getAttribute("transform") ?? "");
    }
    element.setAttribute("transform", `${hidden.length ? move : ""} ${element.dataset.own}`.trim());
  }
  const { x, y, width } = svg.viewBox.baseVal;
  svg.setAttribute("viewBox", `${x} ${y} ${width} ${height - pitch * hidden.length}`);
};
const rowPanels = all(".plot").map((plot) => {
  const figure = data.figures[Number(plot.closest("figure").dataset.figure)];
  return { plot, panel: figure.panels[Number(plot.dataset.panel)] };
}).filter(({ panel }) => panel.y.names.length).map(({ plot, panel }) => measure(plot, panel));
const paper = (is) => { for (const one of rowPanels) closeRows(one, is); };
matchMedia("print").addEventListener("change", (event) => paper(event.matches));
addEventListener("beforeprint", () => paper(true));
addEventListener("afterprint", () => paper(false));

/* the points that a pointer finds and arrow keys walk: not rules, nor what only bounds others */
const walks = (panel) => panel.marks.map((mark, number) => ({ mark, number })).filter(({ mark }) =>
  shownMark(mark) && mark.kind !== "rule" && mark.kind !== "band"
  && !(mark.kind === "interval" && panel.marks.some((other) => other !== mark
    && other.kind === "points" && other.x === mark.x && other.y === mark.y)))
  .map(({ mark, number }) => ({ mark, number, points: points(panel, mark) }))
  .filter((walk) => walk.points.length);
const points = (panel, mark) => {
  const [left, top, right, bottom] = panel.box;
  const ys = list(mark.y);
  return list(mark.x).map((x, index) => ({
    index,
    x: x === null ? NaN : left + share(panel.x, x) * (right - left),
    y: ys[index] === null ? NaN : bottom - share(panel.y, ys[index]) * (bottom - top)
      - (panel.shift?.(Math.round(ys[index])) ?? 0),
  })).filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y)
    && point.x >= left - 1 && point.x <= right + 1 && point.y >= top - 1 && point.y <= bottom + 1);
};

const tip = byId("tip");
let ring = null;
const hide = () => { tip.hidden = true; ring?.remove(); ring = null; };
const putTip = () => {
  const at = ring.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const left = at.right + 8 + own.width > root.clientWidth ? at.left - 8 - own.width : at.right + 8;
  const below = at.top - own.height - 6 < 0;
  tip.style.left = `${Math.max(4, Math.min(left, root.clientWidth - own.width - 4))}px`;
  tip.style.top = `${below ? at.bottom + 6 : at.top - own.height - 6}px`;
};
let byKeys = false;
const show = (svg, panel, mark, point, aloud) => {
  hide();
  ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  for (const [name, value] of Object.entries({ class: "ring", cx: point.x, cy: point.y, r: 5 })) {
    ring.setAttribute(name, value);
  }
  svg.append(ring);
  const lines = describe(panel, mark, point.index);
  tip.replaceChildren(...lines.map((line, at) => {
    const element = document.createElement(at ? "span" : "b");
    element.textContent = line;
    return element;
  }));
  tip.hidden = false;
  byKeys = aloud;
  putTip();
  if (aloud) say(lines.join(", "));
};

const NEAR_PX = 36;
for (const plot of all(".plot")) {
  const figure = data.figures[Number(plot.closest("figure").dataset.figure)];
  const panel = figure.panels[Number(plot.dataset.panel)];
  const svg = plot.querySelector("svg");
  plot.tabIndex = 0;
  plot.setAttribute("role", "application");
  plot.setAttribute("aria-roledescription", "figure");
  plot.setAttribute("aria-label", `${svg.getAttribute("aria-label")} Arrow keys go from point to point.`);
  let at = { walk: -1, point: 0 };

  svg.addEventListener("pointermove", (event) => {
    const frame = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / frame.width;
    const x = (event.clientX - frame.left) * scale;
    const y = (event.clientY - frame.top) * scale;
    let best = null;
    let least = NEAR_PX * scale;
    for (const walk of walks(panel)) {
      for (const point of walk.points) {
        const far = Math.hypot(point.x - x, point.y - y);
        if (far <= least) { least = far; best = { mark: walk.mark, point }; }
      }
    }
    if (best) show(svg, panel, best.mark, best.point, false); else hide();
  });
  svg.addEventListener("pointerleave", hide);
  plot.addEventListener("blur", () => { hide(); at = { walk: -1, point: 0 }; });
  plot.addEventListener("keydown", (event) => {
    const there = walks(panel);
    if (event.key === "Escape") hide();
    if (!there.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const clamp = (n, size) => Math.max(0, Math.min(n, size - 1));
    let { walk, point } = at;
    walk = Math.min(walk, there.length - 1);
    if (walk < 0 && /^(Arrow|Home|End)/.test(event.key)) {
      walk = 0;
      point = event.key === "End" ? Infinity : 0;
    } else if (event.key === "ArrowRight") point += 1;
    else if (event.key === "ArrowLeft") point -= 1;
    else if (event.key === "Home") point = 0;
    else if (event.key === "End") point = Infinity;
    else if (event.key === "ArrowDown") walk = clamp(walk + 1, there.length);
    else if (event.key === "ArrowUp") walk = clamp(walk - 1, there.length);
    else return;
    event.preventDefault();
    point = clamp(point, there[walk].points.length);
    at = { walk, point };
    show(svg, panel, there[walk].mark, there[walk].points[point], true);
  });
}
addEventListener("scroll", () => { if (ring && byKeys) putTip(); else hide(); }, { passive: true });

/* files */
const save = (text, type, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};
const field = (value) => {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const csv = (figure) => {
  const lines = [["panel", "name", "kind", "methods", "category", "x", "y", "low", "high"]];
  figure.panels.forEach((panel, number) => {
    for (const mark of panel.marks) {
      const named = panel.y.names.length ? "y" : panel.x.names.length ? "x" : "";
      list(mark.x).forEach((x, index) => {
        const y = list(mark.y)[index];
        const row = named && mark.kind !== "rule" ? panel[named].names[Math.round(named === "y" ? y : x)] : "";
        lines.push([panel.title || String(number + 1), mark.name, mark.kind,
          mark.arms.map((arm) => data.arms[arm]).join("; "), row ?? "", x, y,
          list(mark.low)[index], list(mark.high)[index]]);
      });
    }
  });
  return lines.map((line) => line.map(field).join(",")).join("\n") + "\n";
};
const SVG = "http://www.w3.org/2000/svg";
const drawing = (figure) => {
  const style = getComputedStyle(root);
  const seen = (element) => element.getClientRects().length > 0;
  const whole = document.createElementNS(SVG, "svg");
  const put = (element, x, y, width, height) => {
    const copy = element.cloneNode(true);
    for (const gone of all(".ring, .mark.off, .row.gone", copy)) gone.remove();
    for (const [name, value] of Object.entries({ x, y, width, height })) copy.setAttribute(name, value);
    for (const name of ["aria-label", "role", "aria-hidden", "class"]) copy.removeAttribute(name);
    whole.append(copy);
  };
  let [right, bottom] = [0, 0];
  for (const svg of all(".plot svg", figure).filter(seen)) {
    const { width, height } = svg.viewBox.baseVal;
    put(svg, right, 0, width, height);
    right += width;
    bottom = Math.max(bottom, height);
  }
  for (const entry of all(".legend li", figure).filter(seen)) {
    bottom += 14;
    put(entry.querySelector("svg"), 4, bottom - 10, 30, 12);
    const text = document.createElementNS(SVG, "text");
    for (const [name, value] of Object.entries({ x: 40, y: bottom, "font-size": 9, fill: "var(--ink)" })) {
      text.setAttribute(name, value);
    }
    text.textContent = entry.textContent.trim();
    whole.append(text);
  }
  const size = { viewBox: `0 0 ${right} ${bottom + 6}`, width: right, height: bottom + 6, "font-family": "sans-serif" };
  for (const [name, value] of Object.entries(size)) whole.setAttribute(name, value);
  const text = new XMLSerializer().serializeToString(whole);
  return text.replace(/var\((--[a-z0-9]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
};
for (const button of all("[data-save]")) {
  button.addEventListener("click", () => {
    const figure = button.closest("figure");
    const own = data.figures[Number(figure.dataset.figure)];
    if (button.dataset.save === "csv") save(csv(own), "text/csv;charset=utf-8", `${own.file}.csv`);
    else save(drawing(figure), "image/svg+xml", `${own.file}.svg`);
  });
}

if (boxes.length) choose(true);
})();
