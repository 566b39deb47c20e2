/* contents and methods: always open at the side, one of them above the text */
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
