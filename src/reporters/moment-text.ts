/** `2024-01-01`, or `2024-01-01 06:00` where it is not midnight, of a moment as `timeText` gives it. */
export function momentText(time: string): string {
  return time.replace('T00:00:00Z', '').replace(':00Z', '').replace('T', ' ');
}
