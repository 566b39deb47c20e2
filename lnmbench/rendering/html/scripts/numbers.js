/* figures: numbers in the style of journals */
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
const onAxis = (axis, value) => {
  if (axis.names.length) return axis.names[Math.round(value)] ?? figures(value);
  return figures(value);
};
const share = (axis, value) => {
  const scale = axis.log ? Math.log10 : Number;
  const [low, high] = axis.ends.map(scale);
  return (scale(value) - low) / (high - low);
};
