/** A TypeScript expression found in a text: what lies between `${` and its `}`. */
export interface ScannedExpression {
  /** UTF-16 offset of the first character behind `${`. */
  readonly start: number;
  /** Offset of the closing `}`. */
  readonly end: number;
  /** True when a `<` stands in its code, where JavaScript and TypeScript may read the same text differently. */
  readonly hasAngle: boolean;
  /** Identifiers in its code that are no property after a dot, in order. */
  readonly identifiers: readonly Identifier[];
}

export interface Identifier {
  readonly name: string;
  /** Offset in the whole text. */
  readonly start: number;
}

/** Why an expression has no end, or brackets that do not match. */
export interface ScanFailure {
  readonly kind: 'unclosed' | 'unbalanced';
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** Where scanning the SQL can go on; undefined when the rest of the text is swallowed. */
  readonly resumeAt: number | undefined;
}

const identifierPattern = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const numberPattern = /\.?\d(?:[eE][+-]|[\w.])*/y;
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '${': '}' };
// After these words a slash starts a regular expression.
const wordsBeforeExpression = new Set(
  'return typeof instanceof in of new delete void throw case do else yield await as satisfies'.split(' '),
);

/**
 * Finds the `}` that closes the expression that starts at `start`, the way TypeScript reads it: braces in
 * strings, template literals (nested ones too), regular expressions and comments do not count.
 */
export function scanExpression(text: string, start: number): ScannedExpression | ScanFailure {
  const open: { bracket: string; at: number }[] = [];
  const identifiers: Identifier[] = [];
  let hasAngle = false;
  // Whether the last token ends an operand: a slash behind it divides.
  let afterOperand = false;
  let afterDot = false;
  let at = start;
  while (at < text.length) {
    const character = text[at]!;
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    if (character === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
      const [mark, length] = text[at + 1] === '/' ? ['\n', 1] : ['*/', 2];
      const end = text.indexOf(mark, at + 2);
      at = end < 0 ? text.length : end + length;
      continue;
    }
    const dot = afterDot;
    afterDot = false;
    if (character === "'" || character === '"') {
      at = endOfString(text, at, character);
      afterOperand = true;
    } else if (character === '`') {
      at = endOfTemplateText(text, at + 1);
      if (text[at - 1] === '{') open.push({ bracket: '${', at: at - 2 });
      afterOperand = text[at - 1] === '`';
    } else if (character === '/' && !afterOperand) {
      at = endOfRegex(text, at);
      afterOperand = true;
    } else if (character in closers) {
      open.push({ bracket: character, at });
      at++;
      afterOperand = false;
    } else if (character === ')' || character === ']' || character === '}') {
      const last = open.pop();
      if (!last && character === '}') return { start, end: at, hasAngle, identifiers };
      if (!last || closers[last.bracket] !== character) return unbalanced(text, character, at, last);
      at++;
      afterOperand = true;
      if (last.bracket === '${') {
        at = endOfTemplateText(text, at);
        if (text[at - 1] === '{') open.push({ bracket: '${', at: at - 2 });
        afterOperand = text[at - 1] === '`';
      }
    } else {
      const word = match(identifierPattern, text, at);
      const number = word === undefined ? match(numberPattern, text, at) : undefined;
      if (word !== undefined) {
        if (!dot) identifiers.push({ name: word, start: at });
        afterOperand = dot || !wordsBeforeExpression.has(word);
      } else {
        if (character === '<') hasAngle = true;
        afterDot = character === '.' && text[at - 1] !== '.';
        // A slash behind `x++` or `x!` divides, so these change nothing.
        if (character !== '!' && !isIncrement(text, at)) afterOperand = number !== undefined;
      }
      at += word?.length ?? number?.length ?? (isIncrement(text, at) ? 2 : 1);
    }
  }
  return unclosed(text, start);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function isIncrement(text: string, at: number): boolean {
  return text.startsWith('++', at) || text.startsWith('--', at);
}

/** A newline ends it too: the compiler then says that the string is not closed. */
function endOfString(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === quote) return at + 1;
    else if (character === '\n') return at;
  }
  return text.length;
}

/** The offset behind the closing backtick or behind the next `${`. */
function endOfTemplateText(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '`') return at + 1;
    else if (character === '$' && text[at + 1] === '{') return at + 2;
  }
  return text.length;
}

function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '\n') return at;
    if (character === '\\') at++;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) return at + 1;
  }
  return text.length;
}

function unclosed(text: string, start: number): ScanFailure {
  const nextLine = text.indexOf('\n', start);
  return {
    kind: 'unclosed',
    message: 'This ${ has no closing }.',
    start: start - 2,
    end: nextLine < 0 ? text.length : nextLine,
    resumeAt: undefined,
  };
}

function unbalanced(
  text: string,
  found: string,
  at: number,
  open: { bracket: string; at: number } | undefined,
): ScanFailure {
  const close = found === '}' ? at : text.indexOf('}', at);
  return {
    kind: 'unbalanced',
    message: open
      ? `Expected "${closers[open.bracket]}" for the "${open.bracket}" before this "${found}".`
      : `This "${found}" closes nothing.`,
    start: at,
    end: at + 1,
    resumeAt: close < 0 ? undefined : close + 1,
  };
}
