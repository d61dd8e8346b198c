// Dates and times as counts of their unit and back, in the proleptic Gregorian calendar.

const DAY_MS = 86_400_000

// Days since 1970-01-01. After Howard Hinnant, http://howardhinnant.github.io/date_algorithms.html
export function dayOf(year, month, day) {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function civil(days) {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const march = Math.floor((5 * dayOfYear + 2) / 153)
  const month = march + (march < 10 ? 3 : -9)
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - Math.floor((153 * march + 2) / 5) + 1]
}

export function date(days) {
  const [year, month, day] = civil(days)
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}`
}

// Months since 1970-01.
export function month(months) {
  const year = 1970 + Math.floor(months / 12)
  return `${pad(year, 4)}-${pad(months - (year - 1970) * 12 + 1)}`
}

// Weeks since 1970-W01; a week is of the year its Thursday is in.
export function week(weeks) {
  const thursday = weeks * 7
  const [year] = civil(thursday)
  return `${pad(year, 4)}-W${pad(Math.floor((thursday - dayOf(year, 1, 1)) / 7) + 1)}`
}

// Milliseconds of a day, as short as can be.
export function time(ms) {
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60]
  const [seconds, rest] = [Math.floor(ms / 1000) % 60, ms % 1000]
  const fraction = rest ? `.${pad(rest, 3).replace(/0+$/, "")}` : ""
  return `${pad(hours)}:${pad(minutes)}${seconds || rest ? `:${pad(seconds)}${fraction}` : ""}`
}

// Milliseconds since 1970-01-01T00:00.
export function datetime(ms) {
  const day = Math.floor(ms / DAY_MS)
  return `${date(day)}T${time(ms - day * DAY_MS)}`
}

function pad(number, length = 2) {
  return String(number).padStart(length, "0")
}
