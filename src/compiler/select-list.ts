import type { Stretch } from './locate.js';
import { identifierText, type SqlToken, sqlTokens } from './sql-tokens.js';

interface Item extends Stretch {
  /** The alias, or else the last name of the expression, in lower case. */
  readonly name: string | undefined;
  readonly isStar: boolean;
}

const clauses = new Set(
  'from where group having window qualify order limit offset union intersect except using'.split(' '),
);

/** The expression that makes a column of a query's result, as far as the outermost SELECT shows it. */
export function selectItem(sql: string, column: string, index: number, occurrence = 0): Stretch | undefined {
  const items = selectItems(sql);
  const named = items.filter((item) => item.name === column.toLowerCase());
  const star = items.find((item) => item.isStar);
  return named[occurrence] ?? star ?? items[index];
}

function selectItems(sql: string): readonly Item[] {
  const items: Item[] = [];
  let tokens: SqlToken[] = [];
  let depth = 0;
  let inside = false;
  const close = () => {
    if (tokens.length > 0) items.push(toItem(sql, tokens));
    tokens = [];
  };
  for (const token of sqlTokens(sql)) {
    const text = sql.slice(token.start, token.end).toLowerCase();
    const isWord = token.kind === 'word';
    if (text === ')' || text === ']' || text === '}') depth--;
    if (inside && depth === 0 && isWord && clauses.has(text)) break;
    if (inside && depth === 0 && text === ',') close();
    else if (inside && !(tokens.length === 0 && (text === 'distinct' || text === 'all'))) tokens.push(token);
    if (!inside && depth === 0 && isWord && text === 'select') inside = true;
    if (text === '(' || text === '[' || text === '{') depth++;
  }
  close();
  return items;
}

function toItem(sql: string, tokens: readonly SqlToken[]): Item {
  const last = tokens.at(-1)!;
  const hasName = last.kind === 'word' || last.kind === 'quoted';
  const text = (token: SqlToken) => sql.slice(token.start, token.end).toLowerCase();
  const isStar = tokens.some((token, i) => {
    const before = tokens[i - 1];
    return (text(token) === '*' && (!before || text(before) === '.')) || text(token) === 'columns';
  });
  return {
    start: tokens[0]!.start,
    end: last.end,
    name: hasName ? identifierText(sql, last).toLowerCase() : undefined,
    isStar,
  };
}
