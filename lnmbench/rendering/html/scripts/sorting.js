/* tables: sorted up, down, or in the original order */
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
    // no button element: with one, browsers do not repeat the head on the next sheet of paper
    const button = document.createElement("span");
    button.tabIndex = 0;
    button.setAttribute("role", "button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      button.click();
    });
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
