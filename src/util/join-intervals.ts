interface Stretch {
  readonly start: string;
  readonly end: string;
}

/** The same stretches of time, sorted, with those as one that meet or overlap. Moments are as `timeText` gives them. */
export function joinIntervals(intervals: readonly Stretch[]): readonly Stretch[] {
  const joined: Stretch[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = joined.at(-1);
    if (last && start <= last.end) {
      if (end > last.end) joined[joined.length - 1] = { start: last.start, end };
    } else joined.push({ start, end });
  }
  return joined;
}
