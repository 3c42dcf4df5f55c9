/**
 * Returns the key when it is one: parts separated by single forward slashes, none of them empty, `.` or `..`.
 * Throws `RangeError` otherwise, so that no key, not even one read from a file, leaves the lake.
 */
export function checkStorageKey(key: string): string {
  const bad = key.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (bad || key.includes('\\') || key.includes('\0')) {
    throw new RangeError(`Not a key inside a lake: ${JSON.stringify(key)}`);
  }
  return key;
}
