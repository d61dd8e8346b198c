// Dates, months, weeks and times: each a count of its unit, with bounds, steps and every way to write one.

import { date, datetime, dayOf, month, time, week } from "./calendar.mjs"
import { NOTATIONS } from "./dates-notations.mjs"
import { fieldSet, times, unique } from "./sets.mjs"

const DAY_MS = 86_400_000

// `unit` is how many of its counts make one step of 1; `usual` the step it has without an attribute.
const KINDS = {
  date: {
    write: date, unit: 1, usual: 1, least: dayOf(1, 1, 1), most: dayOf(275760, 9, 13),
    anchors: [
      [1, 1, 1], [1582, 10, 15], [1900, 2, 28], [1969, 12, 31], [2000, 2, 29], [2024, 2, 29], [2026, 11, 21],
      [9999, 12, 31], [275760, 9, 13],
    ].map((parts) => dayOf(...parts)),
    steps: ["1", "2", "7", "10", "30", "365", "100000", "1000000000", "any", "ANY", "7.0", "1e1"],
    offsets: [-400, -31, -7, -1, 0, 1, 2, 3, 5, 6, 7, 8, 14, 29, 30, 31, 365, 366, 3652],
  },
  month: {
    write: month, unit: 1, usual: 1, least: -1969 * 12, most: (275760 - 1970) * 12 + 8,
    anchors: [-1969 * 12, -1, 0, 371, 661, 682, 8029 * 12 + 11, (275760 - 1970) * 12 + 8],
    steps: ["1", "2", "3", "5", "6", "12", "1200", "100000000", "any", "aNy"],
    offsets: [-120, -13, -12, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 11, 12, 13, 24, 1200],
  },
  week: {
    write: week, unit: 1, usual: 1, least: -102_737, most: 14_285_714,
    anchors: [-102_737, -1, 0, 1565, 2608, 2660, 2934, 418_928, 14_285_714],
    steps: ["1", "2", "3", "4", "13", "52", "10000", "any", "ANY"],
    offsets: [-104, -53, -52, -3, -2, -1, 0, 1, 2, 3, 4, 5, 8, 13, 26, 51, 52, 53, 54, 104],
  },
  time: {
    write: time, unit: 1000, usual: 60, least: 0, most: DAY_MS - 1,
    anchors: [0, 1, 32_400_000, 43_200_000, 43_200_500, 45_296_789, 61_200_000, 79_200_000, 86_340_000, DAY_MS - 1],
    steps: [
      "1", "0.001", "0.01", "0.1", "0.5", "1.5", "2", "7", "30", "60", "90", "300", "900", "3600", "5400", "43200",
      "86400", "100000", "any", "ANY",
    ],
    offsets: [
      -3_600_000, -60_000, -30_000, -1000, -500, -1, 0, 1, 10, 100, 250, 500, 999, 1000, 1500, 2000, 7000, 30_000,
      60_000, 90_000, 900_000, 3_600_000,
    ],
  },
  "datetime-local": {
    write: datetime, unit: 1000, usual: 60, least: dayOf(1, 1, 1) * DAY_MS, most: dayOf(275760, 9, 13) * DAY_MS,
    anchors: [
      [1, 1, 1, 0], [1969, 12, 31, DAY_MS - 1], [1970, 1, 1, 0], [2000, 2, 29, 43_200_000], [2024, 2, 29, DAY_MS - 1],
      [2026, 11, 21, 73_800_000], [9999, 12, 31, 86_340_000], [275760, 9, 13, 0],
    ].map(([year, month, day, ms]) => dayOf(year, month, day) * DAY_MS + ms),
    steps: [
      "1", "0.001", "0.1", "0.5", "1.5", "7", "30", "60", "90", "900", "3600", "86400", "604800", "1000000000", "any",
      "ANY",
    ],
    offsets: [
      -DAY_MS, -3_600_000, -60_000, -1000, -1, 0, 1, 100, 500, 999, 1000, 1500, 7000, 30_000, 60_000, 90_000, 900_000,
      3_600_000, DAY_MS, 7 * DAY_MS,
    ],
  },
}

// From late in a day to early in the next.
const AROUND_MIDNIGHT = [
  [79_200_000, 7_200_000], [1, 0], [86_340_000, 60_000], [43_200_500, 43_200_000], [DAY_MS - 1, 0],
]

export function dateCases(random) {
  return Object.entries(KINDS).flatMap(([type, kind]) => (
    attributes(type, kind, random).map((counts) => dateCase(type, kind, counts, random))
  ))
}

// Bounds and default as counts.
function attributes(type, { anchors, steps, offsets, unit, least, most }, random) {
  const [, , , middle, later] = anchors
  const end = middle + Math.max(...offsets)
  const sets = [
    {}, { required: true }, { min: middle }, { max: middle }, { min: middle, max: middle }, { min: middle, max: end },
    { min: middle, max: end, step: steps[2], required: true }, { value: middle }, { value: later, step: steps[4] },
    { min: anchors[0] }, { max: anchors.at(-1) }, { min: anchors.at(-1) }, { max: anchors[0] },
    ...steps.flatMap((step) => [{ step }, { min: later, step }, { step, min: middle, max: end }]),
    ...steps.slice(0, 6).flatMap((step) => [
      { value: middle, step }, { max: later, step }, { min: middle, value: middle, step },
    ]),
    ...times(16, () => {
      const min = random.pick(anchors) + random.pick(offsets) + unit * random.below(50)
      const max = min + unit * random.below(4000)
      const which = 1 + random.below(7)
      return {
        ...random.chance(0.7) ? { step: random.pick(steps) } : {},
        ...which & 1 ? { min } : {},
        ...which & 2 ? { max } : {},
        ...which & 4 ? { value: min } : {},
      }
    }),
    ...type === "time" ? AROUND_MIDNIGHT.flatMap(([min, max]) => [
      { min, max }, { min, max, step: "any" }, { min, max, step: "900" }, { min, max, required: true, step: "1" },
    ]) : [],
  ]
  const isInside = (count) => count === undefined || (count >= least && count <= most)
  return sets.filter(({ min, max, value }) => [min, max, value].every(isInside))
}

function dateCase(type, kind, { min, max, value, step, ...rest }, random) {
  const { write, unit, usual, anchors, offsets, least, most } = kind
  const base = min ?? value ?? 0
  const stepBy = unit * (step === undefined || /^any$/i.test(step) ? usual : Number(step))
  const counts = [min, max, value, base].filter((count) => count !== undefined)
  const near = [
    ...[0, 1, -1, unit, -unit].flatMap((offset) => counts.map((count) => count + offset)),
    ...[1, 2, 3, 10, -1, 0.5].map((many) => base + Math.round(stepBy * many)),
    ...random.some(counts.flatMap((count) => offsets.map((offset) => count + offset)), 12),
    ...random.some(anchors, 4),
  ]
  const written = unique(near.filter((count) => count >= least && count <= most).map(write))
  const bounds = Object.entries({ min, max, value }).filter(([, count]) => count !== undefined)
  const attributes = { ...rest, ...Object.fromEntries(bounds.map(([name, count]) => [name, write(count)])) }
  if (step !== undefined) attributes.step = step
  return fieldSet(type, attributes, ["", ...random.some(written, 15), ...random.some(NOTATIONS[type], 7)])
}
