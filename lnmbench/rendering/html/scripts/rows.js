/* panels with rows: rows of methods that are not chosen are closed, but printed */
const rowOf = (mark) => {
  const rows = new Set(list(mark.y).filter((y) => y !== null).map(Math.round));
  return rows.size === 1 ? [...rows][0] : null;
};
const measure = (plot, panel) => {
  const svg = plot.querySelector("svg");
  const [, top, , bottom] = panel.box;
  const locate = (element) => {
    const number = Number(element.dataset.number);
    if (element.classList.contains("row")) return { element, row: number };
    if (element.classList.contains("mark") && panel.marks[number].kind !== "rule") {
      return { element, row: rowOf(panel.marks[number]) };
    }
    const box = element.getBBox();
    if (box.height > 0.8 * (bottom - top)) return { element, tall: true };
    return { element, row: box.y > bottom - 1 ? panel.y.names.length : 0 };
  };
  const parts = [...svg.children].filter((child) => child.tagName !== "defs").map(locate);
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
    if (!element.hasAttribute("data-transform")) {
      element.setAttribute("data-transform", element.getAttribute("transform") ?? "");
    }
    element.setAttribute("transform", `${hidden.length ? move : ""} ${element.dataset.transform}`.trim());
  }
  const { x, y, width } = svg.viewBox.baseVal;
  svg.setAttribute("viewBox", `${x} ${y} ${width} ${height - pitch * hidden.length}`);
};
const rowPanels = all(".plot").map((plot) => {
  const figure = data.figures[Number(plot.closest("figure").dataset.figure)];
  return { plot, panel: figure.panels[Number(plot.dataset.panel)] };
}).filter(({ panel }) => panel.y.names.length).map(({ plot, panel }) => measure(plot, panel));
const paper = (is) => { for (const rows of rowPanels) closeRows(rows, is); };
matchMedia("print").addEventListener("change", (event) => paper(event.matches));
addEventListener("beforeprint", () => paper(true));
addEventListener("afterprint", () => paper(false));
