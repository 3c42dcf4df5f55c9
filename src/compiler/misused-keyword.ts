import { sqlKeywords } from '../schema/sql-keywords.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { sqlTokens } from './sql-tokens.js';

/** Keywords that begin or join the parts of a query: next to an error they are what they look like. */
const structural = new Set(
  'select from where by having on join union and or not as in is with values null'.split(' '),
);
const mostInOneQuery = 8;

/** Offset of a query's syntax error, in UTF-16 units; `undefined` where it has none, or none with a place. */
export type FindError = (sql: string) => Promise<{ readonly offset?: number } | undefined>;

/**
 * The keyword that stands where a name is meant (`select id, at, v from t`): the word at the error or right
 * before it, if the query parses once it is quoted.
 */
export async function findMisusedKeyword(
  sql: string,
  offset: number,
  findError: FindError,
): Promise<string | undefined> {
  for (const word of keywordsAt(sql, offset)) {
    let text = quoted(sql, word);
    for (let n = 1; n < mostInOneQuery; n += 1) {
      const error = await findError(text);
      if (!error) return sql.slice(word.start, word.end);
      const next = error.offset === undefined ? undefined : keywordsAt(text, error.offset)[0];
      if (!next || next.start <= word.start) break;
      text = quoted(text, next);
    }
  }
  return undefined;
}

type Word = { readonly start: number; readonly end: number };

function keywordsAt(sql: string, offset: number): readonly Word[] {
  const tokens = [...sqlTokens(sql)];
  const behind = tokens.findIndex(({ end }) => end > offset);
  const near = behind < 0 ? tokens.slice(-1) : tokens.slice(Math.max(0, behind - 1), behind + 1).reverse();
  return near.filter(({ start, end }) => {
    const word = sql.slice(start, end).toLowerCase();
    return sqlKeywords.has(word) && !structural.has(word);
  });
}

function quoted(sql: string, { start, end }: Word): string {
  return sql.slice(0, start) + quoteIdentifier(sql.slice(start, end)) + sql.slice(end);
}
