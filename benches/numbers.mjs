// Figures of the benchmark: medians and rounding.

export function median(values) {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const rounded = (value, digits) => Number(value.toFixed(digits))
