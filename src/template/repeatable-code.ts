// Words by which code can come to something else without any of its inputs having changed. Each may stand for
// something harmless, which costs time only.
const outside =
  /\b(?:Date|Temporal|now|\w*[rR]andom\w*|performance|process|crypto|fetch|require|globalThis|global|eval)\b|\bimport\s*\(/;

/** Whether code, as far as its text tells, gives the same result each time it is run with the same values. */
export function isRepeatable(code: string): boolean {
  return !outside.test(code);
}
