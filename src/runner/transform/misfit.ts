/** A value that its type cannot hold. */
export class Misfit extends Error {
  /** Where inside the column's value it is: `[2].name`. */
  path = '';

  /** @param reason why, where that is not plain from the value and the type */
  constructor(
    readonly value: unknown,
    readonly reason?: string,
  ) {
    super('A value does not fit.');
  }
}

/** What was thrown for a part of a value, with the part's place. */
export function misfitAt(place: string, thrown: unknown): unknown {
  if (thrown instanceof Misfit) thrown.path = place + thrown.path;
  return thrown;
}

function objectName(value: object): string {
  const name = value.constructor?.name ?? 'Object';
  return name === 'Object' ? 'an object' : `an object (${name})`;
}

/** A value in words, for an error. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date';
  if (value instanceof Promise) return 'a promise that was not awaited';
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : objectName(value);
  if (typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`;
  return `${typeof value} ${String(value)}`;
}
