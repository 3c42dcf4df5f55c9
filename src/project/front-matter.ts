import { nearest } from '../util/nearest.js';

/** Where the front matter of a `.sql` file stands, and where its SQL begins. Offsets in the text. */
export interface FrontMatter {
  /** The YAML between the opening word and the closing mark. */
  readonly start: number;
  readonly end: number;
  readonly bodyOffset: number;
  readonly isClosed: boolean;
}

// The word alone on its line, or followed by a first key: prose such as "model of an order" is a comment.
const openings = {
  model: /(?:\s|--[^\n]*\n)*\/\*\s*model(?=\s*\n|\s*\*\/|[ \t]+\w+[ \t]*:|\s*$)/y,
  test: /(?:\s|--[^\n]*\n)*\/\*\s*test(?=\s*\n|\s*\*\/|[ \t]+\w+[ \t]*:|\s*$)/y,
};

/** Finds the comment `/* model …` or `/* test …` that a file begins with; undefined when there is none. */
export function findFrontMatter(text: string, word: keyof typeof openings): FrontMatter | undefined {
  const opening = openings[word];
  opening.lastIndex = 0;
  if (!opening.test(text)) return undefined;
  const start = opening.lastIndex;
  const end = text.indexOf('*/', start);
  return end < 0
    ? { start, end: text.length, bodyOffset: text.length, isClosed: false }
    : { start, end, bodyOffset: end + 2, isClosed: true };
}

// Followed by a key, so that prose stays a comment.
const likeness = /(?:\s|--[^\n]*\n)*(\/\*\s*(?:models?|tests?))\s+\w+[ \t]*:/iy;

// A first word that may be a misspelt one, and the first key below it or beside it.
const misspelling =
  /(?:\s|--[^\n]*\n)*(\/\*+[ \t]*(\w+))[ \t]*[:;,.]?(?=[\s#])(?:[\s*]|#[^\n]*\n)*(\w+)[ \t]*:(?=\s)/y;

/**
 * The beginning of a comment that a person took for front matter and that is none: `/* Model`, `/* modle`, `/** model`,
 * `/* test` of a model. `keys` are those that front matter has: prose stays a comment.
 */
export function findMistakenFrontMatter(
  text: string,
  keys: ReadonlySet<string>,
): { readonly start: number; readonly end: number } | undefined {
  likeness.lastIndex = 0;
  misspelling.lastIndex = 0;
  const [, like] = likeness.exec(text) ?? [];
  const [, misspelt, word = '', key = ''] = misspelling.exec(text) ?? [];
  const isMisspelt = keys.has(key) && nearest(word, Object.keys(openings)) !== undefined;
  const opening = like ?? (isMisspelt ? misspelt : undefined);
  if (opening === undefined) return undefined;
  const start = text.indexOf(opening);
  return { start, end: start + opening.length };
}
