/* a figure as CSV, safe to open in a spreadsheet */
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
          mark.methods.map((method) => data.methods[method]).join("; "), row ?? "", x, y,
          list(mark.low)[index], list(mark.high)[index]]);
      });
    }
  });
  return lines.map((line) => line.map(field).join(",")).join("\n") + "\n";
};
