/* methods */
const boxes = all("[data-method]");
const elements = all("main [data-methods]").map((element) => [element, element.dataset.methods.split(" ")]);
let chosen = new Set(data.methods.keys());
const shownMark = (mark) => mark.methods.every((method) => chosen.has(method));
const choose = (silent) => {
  chosen = new Set(boxes.filter((box) => box.checked).map((box) => Number(box.dataset.method)));
  for (const [element, methods] of elements) {
    element.classList.toggle("off", !methods.every((method) => chosen.has(Number(method))));
  }
  const count = `${chosen.size} of ${boxes.length}`;
  byId("shown").textContent = `(${count})`;
  for (const rows of rowPanels) closeRows(rows, false);
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
if (boxes.length) choose(true);
