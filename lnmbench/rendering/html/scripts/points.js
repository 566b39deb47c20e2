/* the points that pointer and arrow keys reach: no rules, no bands or bounds of other points */
const walks = (panel) => panel.marks.map((mark, number) => ({ mark, number })).filter(({ mark }) =>
  shownMark(mark) && mark.kind !== "rule" && mark.kind !== "band"
  && !(mark.kind === "interval" && panel.marks.some((other) => other !== mark
    && other.kind === "points" && other.x === mark.x && other.y === mark.y)))
  .map(({ mark, number }) => ({ mark, number, points: points(panel, mark) }))
  .filter((walk) => walk.points.length);
const points = (panel, mark) => {
  const [left, top, right, bottom] = panel.box;
  const ys = list(mark.y);
  return list(mark.x).map((x, index) => ({
    index,
    x: x === null ? NaN : left + share(panel.x, x) * (right - left),
    y: ys[index] === null ? NaN : bottom - share(panel.y, ys[index]) * (bottom - top)
      - (panel.shift?.(Math.round(ys[index])) ?? 0),
  })).filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y)
    && point.x >= left - 1 && point.x <= right + 1 && point.y >= top - 1 && point.y <= bottom + 1);
};
