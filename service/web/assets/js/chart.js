// <canvas data-chart="line|bar" data-values='{"labels": [], "series": [{"name": "", "values": [], "tone": ""}], "stacked": false, "points": false, "axes": {"x": "", "y": ""}}'>
// Colours come from the design tokens; the figures stand in a table below as well.

import { BarController, BarElement, CategoryScale, Chart, Filler, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, Filler, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--pr-${name}`).trim();

export default function chart(canvas) {
  const kind = canvas.dataset.chart;
  const { labels, series, stacked = false, points = false, axes = {} } = JSON.parse(canvas.dataset.values);
  const title = (text) => ({ display: Boolean(text), text, color: token("ink-soft"), font: { size: 11 } });
  const grid = { color: token("line"), drawTicks: false };
  const ticks = { color: token("ink-soft"), maxTicksLimit: 6, maxRotation: 0 };
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  new Chart(canvas, {
    type: kind,
    data: {
      labels,
      datasets: series.map(({ name, values, tone }) => ({
        label: name,
        data: values,
        borderColor: token(tone || "accent"),
        backgroundColor: kind === "line" ? token(`${tone || "accent"}-tint`) : token(tone || "accent"),
        fill: kind === "line",
        borderWidth: kind === "line" ? 2 : 0,
        borderRadius: stacked ? 0 : 3,
        maxBarThickness: 36,
        pointRadius: points ? 3 : 0,
        pointHitRadius: 12,
        tension: 0.25,
      })),
    },
    options: {
      animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches || canvas.dataset.live !== undefined ? false : { duration: 250 },
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { display: series.length > 1, labels: { color: token("ink-soft"), boxWidth: 12 } } },
      scales: {
        x: { stacked, title: title(axes.x), grid: { display: false }, ticks, border: { color: token("line") } },
        y: { stacked, title: title(axes.y), beginAtZero: true, grid, ticks: { ...ticks, precision: 0, padding: 8 }, border: { display: false } },
      },
    },
  });
}
