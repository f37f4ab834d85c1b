// Draws the charts of a page with Chart.js, which unfold brings along.
"use strict";

{
  const COLOURS = 6;
  const NARROW_PX = 200;
  const drawn = new Map();

  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Deploys as thin dashed lines with the version beside them.
  const marks = {
    id: "marks",
    afterDatasetsDraw(chart, _, { list }) {
      const { ctx, chartArea, scales } = chart;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colour("--chart-mark");
      ctx.setLineDash([3, 3]);
      ctx.font = "11px Inter, sans-serif";
      for (const { at, label } of list ?? []) {
        const x = scales.x.getPixelForValue(at);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        const isRight = x > (chartArea.left + chartArea.right) / 2;
        ctx.textAlign = isRight ? "right" : "left";
        ctx.fillText(label, x + (isRight ? -4 : 4), chartArea.top + 10);
      }
      ctx.restore();
    },
  };

  function dataset(line, index, small) {
    const ink = line.limit ? colour("--bad") : colour(`--chart-${(index % COLOURS) + 1}`);
    return {
      type: line.kind,
      label: line.label,
      data: line.values,
      borderColor: ink,
      backgroundColor: line.kind === "bar" ? ink : `color-mix(in srgb, ${ink} 14%, transparent)`,
      borderWidth: line.kind === "bar" ? 0 : 1.8,
      borderDash: line.limit ? [5, 4] : [],
      fill: small && !line.limit,
      // A value between two gaps would be invisible as a line.
      pointRadius: (point) => {
        const { data } = point.dataset;
        const alone = data[point.dataIndex - 1] == null && data[point.dataIndex + 1] == null;
        return alone && !line.limit ? 2 : 0;
      },
      pointHitRadius: 8,
      stack: line.kind === "bar" ? "all" : line.label,
    };
  }

  // Three times stand on top of each other in a card on a phone.
  function countTimes(chart, width) {
    if (!chart.small) return 8;
    return width < NARROW_PX ? 2 : 3;
  }

  function options(chart, width) {
    const ink = colour("--ink-soft");
    const grid = colour("--line");
    const ticks = { color: ink, font: { family: "Inter", size: chart.small ? 10 : 11 } };
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        marks: { list: chart.marks },
        legend: {
          display: !chart.small,
          position: "bottom",
          labels: { color: ink, boxWidth: 12, boxHeight: 3, font: { family: "Inter", size: 12 } },
        },
        tooltip: { displayColors: !chart.small },
      },
      scales: {
        x: {
          grid: { display: false },
          border: { color: grid },
          stacked: true,
          ticks: { ...ticks, maxTicksLimit: countTimes(chart, width), maxRotation: 0 },
        },
        y: {
          beginAtZero: true,
          stacked: chart.lines.some((line) => line.kind === "bar"),
          grid: { color: grid },
          border: { display: false },
          title: { display: !chart.small && Boolean(chart.unit), text: chart.unit, color: ink },
          ticks: { ...ticks, maxTicksLimit: chart.small ? 3 : 6, precision: chart.small ? 0 : undefined },
        },
      },
    };
  }

  function draw() {
    for (const [canvas, chart] of drawn) {
      if (!canvas.isConnected) {
        chart.destroy();
        drawn.delete(canvas);
      }
    }
    for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
      if (drawn.has(canvas)) continue;
      const data = JSON.parse(canvas.dataset.chart);
      drawn.set(
        canvas,
        new Chart(canvas, {
          type: "line",
          data: {
            labels: data.labels,
            datasets: data.lines.map((line, index) => dataset(line, index, data.small)),
          },
          options: options(data, canvas.parentElement.clientWidth),
          plugins: [marks],
        }),
      );
    }
  }

  // The colours are those of the theme.
  function redraw() {
    for (const chart of drawn.values()) chart.destroy();
    drawn.clear();
    draw();
  }

  document.addEventListener("DOMContentLoaded", () => {
    draw();
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["class"] });
  });
  document.addEventListener("charts", draw);
}
