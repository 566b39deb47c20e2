/* methods */
const boxes = all("[data-arm]");
const needing = all("main [data-arms]").map((element) => [element, element.dataset.arms.split(" ")]);
let chosen = new Set(data.arms.keys());
const shownMark = (mark) => mark.arms.every((arm) => chosen.has(arm));
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
if (boxes.length) choose(true);
