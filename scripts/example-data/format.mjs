// How the example's values are written: CSV fields, dates and times in UTC.
const day = 24 * 60 * 60_000;

/** @param {readonly (string | number | null)[]} values */
export function csvRow(values) {
  return values
    .map((value) =>
      value === null ? '' : /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value,
    )
    .join(',');
}

/** 01:00 UTC on the last Sunday of a month of the year of `at`, when Europe changes its clocks. */
export function lastSunday(/** @type {number} */ at, /** @type {number} */ month) {
  const monthEnd = Date.UTC(new Date(at).getUTCFullYear(), month + 1, 0, 1);
  return monthEnd - new Date(monthEnd).getUTCDay() * day;
}

export function quarterOf(/** @type {number} */ at) {
  const date = new Date(at);
  return `${date.getUTCFullYear()}-q${Math.floor(date.getUTCMonth() / 3) + 1}`;
}

export function isoSecond(/** @type {number} */ at) {
  return new Date(at).toISOString().slice(0, 19);
}

export function isoDate(/** @type {number} */ at) {
  return new Date(at).toISOString().slice(0, 10);
}

export function asciiOf(/** @type {string} */ name) {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase();
}
