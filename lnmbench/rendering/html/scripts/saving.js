/* the buttons that save a figure */
const save = (text, type, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};
for (const button of all("[data-save]")) {
  button.addEventListener("click", () => {
    const figure = button.closest("figure");
    const own = data.figures[Number(figure.dataset.figure)];
    if (button.dataset.save === "csv") save(csv(own), "text/csv;charset=utf-8", `${own.file}.csv`);
    else save(drawing(figure), "image/svg+xml", `${own.file}.svg`);
  });
}
