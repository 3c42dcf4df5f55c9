/**
 * What a record holds under a name that comes from data, so that `constructor` is a name like any other.
 * @example own({ id: 1 }, 'toString'); // undefined, and not a function
 */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A record that may be assigned to under any name: `__proto__` is one like any other here. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
