/* the pointer selects the nearest point, arrow keys the next one */
const NEAR_PX = 36;
for (const plot of all(".plot")) {
  const figure = data.figures[Number(plot.closest("figure").dataset.figure)];
  const panel = figure.panels[Number(plot.dataset.panel)];
  const svg = plot.querySelector("svg");
  plot.tabIndex = 0;
  plot.setAttribute("role", "application");
  plot.setAttribute("aria-roledescription", "figure");
  plot.setAttribute("aria-label", `${svg.getAttribute("aria-label")} Arrow keys go from point to point.`);
  let at = { walk: -1, point: 0 };

  svg.addEventListener("pointermove", (event) => {
    const frame = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / frame.width;
    const x = (event.clientX - frame.left) * scale;
    const y = (event.clientY - frame.top) * scale;
    let best = null;
    let least = NEAR_PX * scale;
    for (const walk of walks(panel)) {
      for (const point of walk.points) {
        const far = Math.hypot(point.x - x, point.y - y);
        if (far <= least) { least = far; best = { mark: walk.mark, point }; }
      }
    }
    if (best) show(svg, panel, best.mark, best.point, false); else hide();
  });
  svg.addEventListener("pointerleave", hide);
  plot.addEventListener("blur", () => { hide(); at = { walk: -1, point: 0 }; });
  plot.addEventListener("keydown", (event) => {
    const there = walks(panel);
    if (event.key === "Escape") hide();
    if (!there.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const clamp = (n, size) => Math.max(0, Math.min(n, size - 1));
    let { walk, point } = at;
    walk = Math.min(walk, there.length - 1);
    if (walk < 0 && /^(Arrow|Home|End)/.test(event.key)) {
      walk = 0;
      point = event.key === "End" ? Infinity : 0;
    } else if (event.key === "ArrowRight") point += 1;
    else if (event.key === "ArrowLeft") point -= 1;
    else if (event.key === "Home") point = 0;
    else if (event.key === "End") point = Infinity;
    else if (event.key === "ArrowDown") walk = clamp(walk + 1, there.length);
    else if (event.key === "ArrowUp") walk = clamp(walk - 1, there.length);
    else return;
    event.preventDefault();
    point = clamp(point, there[walk].points.length);
    at = { walk, point };
    show(svg, panel, there[walk].mark, there[walk].points[point], true);
  });
}
