/* the tooltip of a point */
const findBounds = (panel, mark, index) => {
  const bounds = panel.marks.find((other) => other.low !== undefined && shownMark(other)
    && other.style === mark.style && String(other.methods) === String(mark.methods)
    && (other.along === "y" ? other.x === mark.x : other.y === mark.y)
    && (other.kind === "band" || (other.x === mark.x && other.y === mark.y)));
  if (!bounds) return null;
  const [low, high] = [list(bounds.low)[index], list(bounds.high)[index]];
  if (low === null && high === null) return null;
  return { along: bounds.along, text: ` (${figures(low)} to ${figures(high)})` };
};
const describe = (panel, mark, index) => {
  const bounds = findBounds(panel, mark, index);
  const part = (way) => {
    const axis = panel[way];
    const value = onAxis(axis, list(mark[way])[index]);
    const range = bounds?.along === way ? bounds.text : "";
    return axis.title ? `${axis.title}: ${value}${range}` : value + range;
  };
  return [mark.name || panel.title, part("x"), part("y")].filter((line, at, lines) =>
    line && lines.indexOf(line) === at);
};
const tip = byId("tip");
let ring = null;
const hide = () => { tip.hidden = true; ring?.remove(); ring = null; };
const putTip = () => {
  const point = ring.getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const left = point.right + 8 + size.width > root.clientWidth ? point.left - 8 - size.width : point.right + 8;
  const below = point.top - size.height - 6 < 0;
  tip.style.left = `${Math.max(4, Math.min(left, root.clientWidth - size.width - 4))}px`;
  tip.style.top = `${below ? point.bottom + 6 : point.top - size.height - 6}px`;
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
addEventListener("scroll", () => { if (ring && byKeys) putTip(); else hide(); }, { passive: true });
