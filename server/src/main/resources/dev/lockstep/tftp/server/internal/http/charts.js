// The rates of the last five minutes.

import {rateText, timeText, whole} from "./format.js";
import {element, setText} from "./table.js";

const MINUTES = 5;
const SPAN = MINUTES * 60_000;
// columns of a sample
const TIME = 1;
const SENT = 2;
const RECEIVED = 3;
const RUNNING = 4;
const ENDED = 5;
const FAILED = 6;
const REFUSED = 7;

const CHARTS = [
  {
    title: "Throughput",
    text: rateText,
    tick: value => value === 0 ? "0" : rateText(value),
    least: 1000,
    series: [
      {label: "sent", column: SENT, color: "--blue", fill: true},
      {label: "received", column: RECEIVED, color: "--violet", fill: true}
    ]
  },
  {
    title: "Running transfers",
    text: whole,
    tick: value => Number.isInteger(value) ? whole(value) : "",
    series: [{label: "running", column: RUNNING, color: "--teal", fill: true}]
  },
  {
    title: "Ended in 10 s",
    text: whole,
    tick: value => Number.isInteger(value) ? whole(value) : "",
    bars: 10_000, // single transfers are better seen as bars than as peaks of a rate
    series: [
      {label: "served", column: ENDED, color: "--green"},
      {label: "failed", column: FAILED, color: "--red"},
      {label: "refused", column: REFUSED, color: "--orange"}
    ]
  }
];

const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Returns the sums of the samples, one each second, of every period; its begin does not move with the samples. */
function buckets(samples, column, period) {
  const sums = new Map();
  for (const sample of samples) {
    const begin = Math.floor(sample[TIME] / period) * period;
    sums.set(begin, (sums.get(begin) ?? 0) + sample[column]);
  }
  return [...sums].map(([begin, sum]) => ({x: begin + period / 2, y: Math.round(sum)}));
}

export class Charts {
  constructor(place) {
    Chart.defaults.animation = false;
    Chart.defaults.maintainAspectRatio = false;
    this.cards = CHARTS.map(chart => this.#card(place, chart));
    this.samples = [];
    this.#draw();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  #card(place, chart) {
    const figure = element(place, "figure", "card chart");
    const caption = element(figure, "figcaption");
    element(caption, "h3", "", chart.title);
    const legend = element(caption, "ul", "legend");
    const values = chart.series.map(series => {
      const item = element(legend, "li");
      element(item, "span", "key").style.setProperty("--key", `var(${series.color})`);
      element(item, "span", "", series.label + " ");
      return element(item, "b", "", "–");
    });
    const canvas = element(element(figure, "div", "canvas"), "canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", chart.title + " of the last five minutes");
    return {chart, canvas, values};
  }

  #draw() {
    const faint = color("--faint");
    for (const card of this.cards) {
      card.drawn?.destroy();
      const {chart} = card;
      card.drawn = new Chart(card.canvas, {
        type: chart.bars ? "bar" : "line",
        data: {
          datasets: chart.series.map(series => ({
            label: series.label,
            data: [],
            borderColor: color(series.color),
            backgroundColor: color(series.color) + (chart.bars ? "" : "24"),
            fill: Boolean(series.fill),
            borderWidth: chart.bars ? 0 : 1.5,
            barPercentage: 1,
            categoryPercentage: 0.86,
            stack: "all",
            borderJoinStyle: "round",
            pointRadius: 0,
            pointHitRadius: 8
          }))
        },
        options: {
          parsing: false,
          normalized: true,
          interaction: {mode: "index", axis: "x", intersect: false},
          layout: {padding: {top: 4}},
          plugins: {
            legend: {display: false},
            tooltip: {
              displayColors: false,
              callbacks: {
                title: items => timeText(items[0].parsed.x) + " UTC",
                label: item => item.dataset.label + " " + chart.text(item.parsed.y)
              }
            }
          },
          scales: {
            x: {
              type: "linear",
              stacked: Boolean(chart.bars),
              offset: false,
              grid: {color: color("--grid"), drawTicks: false},
              border: {color: color("--line")},
              afterBuildTicks: axis => {
                axis.ticks = Array.from({length: MINUTES + 1}, (_, i) => ({value: axis.max - SPAN + i * 60_000}));
              },
              ticks: {
                color: faint, padding: 6, maxRotation: 0, autoSkip: false, align: "inner", font: {size: 11},
                callback: (value, i) => i === MINUTES ? "now" : i === 0 ? `${MINUTES} min ago` : ""
              }
            },
            y: {
              beginAtZero: true,
              stacked: Boolean(chart.bars),
              grid: {color: color("--grid"), drawTicks: false},
              border: {display: false},
              ticks: {color: faint, padding: 6, maxTicksLimit: 4, font: {size: 11}, callback: chart.tick}
            }
          }
        }
      });
    }
    this.show(this.samples);
  }

  /** Shows samples, oldest first. */
  show(samples) {
    this.samples = samples;
    const last = samples[samples.length - 1];
    if (!last) return;
    const end = last[TIME];
    for (const {chart, drawn, values} of this.cards) {
      chart.series.forEach((series, i) => {
        drawn.data.datasets[i].data = chart.bars ? buckets(samples, series.column, chart.bars)
          : samples.map(sample => ({x: sample[TIME], y: sample[series.column]}));
        setText(values[i], chart.text(chart.bars ? samples.reduce((sum, sample) => sum + sample[series.column], 0)
          : last[series.column]));
      });
      drawn.options.scales.x.min = end - SPAN;
      drawn.options.scales.x.max = end;
      const most = Math.max(...drawn.data.datasets.flatMap(set => set.data.map(point => point.y)));
      drawn.options.scales.y.suggestedMax = most === 0 ? chart.least ?? 4 : undefined; // or the scale would have tenths
      drawn.update("none");
    }
  }
}

/** Returns the largest value of five minutes, of sent or received bytes per second. */
export function peak(samples, received) {
  return samples.reduce((most, sample) => Math.max(most, sample[received ? RECEIVED : SENT]), 0);
}
