/* a figure as a self-contained SVG file */
const SVG = "http://www.w3.org/2000/svg";
const drawing = (figure) => {
  const style = getComputedStyle(root);
  const visible = (element) => element.getClientRects().length > 0;
  const whole = document.createElementNS(SVG, "svg");
  const put = (element, x, y, width, height) => {
    const copy = element.cloneNode(true);
    for (const hidden of all(".ring, .mark.off, .row.gone", copy)) hidden.remove();
    for (const [name, value] of Object.entries({ x, y, width, height })) copy.setAttribute(name, value);
    for (const name of ["aria-label", "role", "aria-hidden", "class"]) copy.removeAttribute(name);
    whole.append(copy);
  };
  let [right, bottom] = [0, 0];
  for (const svg of all(".plot svg", figure).filter(visible)) {
    const { width, height } = svg.viewBox.baseVal;
    put(svg, right, 0, width, height);
    right += width;
    bottom = Math.max(bottom, height);
  }
  for (const entry of all(".legend li", figure).filter(visible)) {
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
