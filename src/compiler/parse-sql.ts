import { type EngineConnection, EngineError } from '../ports/engine.js';
import type { Memo } from '../ports/memo.js';
import { hash } from '../util/hash.js';
import { quoteString } from '../util/sql-quote.js';
import { utf16OffsetOfCodePoint } from '../util/utf16-offset.js';
import { analyzeAst, type SerializedSql } from './analyze-ast.js';
import type { EngineSession } from './engine-session.js';
import { findMisusedKeyword } from './misused-keyword.js';
import type { ParsedSql, ParseProblem } from './parsed-sql.js';

const largestBatch = 250;
/** So many for each connection that trees are read here while the next ones are made. */
const batchesEach = 4;

/** A SQL text with a key that stands for it. */
export interface Statement {
  readonly sql: string;
  readonly key: string;
}

/** A text as a statement of its own. */
export function statement(sql: string): Statement {
  return { sql, key: hash(sql) };
}

type Serialized =
  | ({ readonly error: false } & SerializedSql)
  | {
      readonly error: true;
      readonly error_type: string;
      readonly error_message: string;
      /** Code points, as text. */
      readonly position?: string;
    };

/** Parses SQL texts with DuckDB, many in one statement; those that `memo` knows cost nothing. */
export async function parseSql(
  statements: readonly Statement[],
  session: EngineSession,
  memo: Memo,
): Promise<readonly ParsedSql[]> {
  const parsed = statements.map(({ key }) => memo.get<ParsedSql>('parse', key));
  const missing = parsed.flatMap((known, i) => (known ? [] : [i]));
  const batchCount = batchesEach * session.connectionCount;
  const batchSize = Math.min(largestBatch, Math.ceil(missing.length / batchCount));
  await session.spread(inBatches(missing, batchSize), async (batch, connection) => {
    const jsons = await serialize(
      batch.map((i) => statements[i]!.sql),
      connection,
    );
    for (const [n, i] of batch.entries()) {
      const { sql, key } = statements[i]!;
      const result = await withHint(read(sql, jsons[n]!), sql, connection);
      parsed[i] = result;
      memo.set('parse', key, result);
    }
  });
  return parsed as ParsedSql[];
}

function inBatches(items: readonly number[], size: number): readonly (readonly number[])[] {
  const batches: number[][] = [];
  for (let i = 0; i < items.length; i += size) batches.push(items.slice(i, i + size));
  return batches;
}

async function serialize(texts: readonly string[], connection: EngineConnection): Promise<readonly string[]> {
  let separator = '\x1f';
  while (texts.some((text) => text.includes(separator))) separator += '\x1e\x1f';
  const list = `string_split(${quoteString(texts.join(separator))}, ${quoteString(separator)})`;
  const query = `select json_serialize_sql(sql) as json from (select unnest(${list}) as sql)`;
  try {
    return (await connection.rows(query)).map((row) => row.json as string);
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === 'interrupted') throw error;
    if (texts.length === 1) return [failure(error)];
  }
  const jsons: string[] = [];
  for (const text of texts) jsons.push(...(await serialize([text], connection)));
  return jsons;
}

/** A text that DuckDB refuses by throwing, in the form in which it reports all others. */
function failure(error: EngineError): string {
  return JSON.stringify({ error: true, error_type: 'parser', error_message: error.message });
}

function read(text: string, json: string): ParsedSql {
  const serialized = JSON.parse(json) as Serialized;
  if (serialized.error) {
    const { error_type, error_message, position } = serialized;
    if (error_type === 'not implemented') return unusable({ kind: 'not-a-select' });
    if (error_type !== 'parser') return unusable({ kind: 'unsupported', message: error_message });
    const offset = position === undefined ? undefined : utf16OffsetOfCodePoint(text, Number(position));
    return unusable({ kind: 'syntax', message: error_message, ...(offset !== undefined && { offset }) });
  }
  const count = serialized.statements.length;
  if (count !== 1) return unusable({ kind: count === 0 ? 'empty' : 'several-statements' });
  return analyzeAst(json, serialized);
}

/** Names the keyword that a syntax error is about, if it is about one. */
async function withHint(parsed: ParsedSql, sql: string, connection: EngineConnection): Promise<ParsedSql> {
  if (parsed.problem?.kind !== 'syntax' || parsed.problem.offset === undefined) return parsed;
  const keyword = await findMisusedKeyword(sql, parsed.problem.offset, async (text) => {
    const [json] = await serialize([text], connection);
    const { problem } = read(text, json!);
    return problem?.kind === 'syntax' ? problem : undefined;
  });
  return keyword === undefined ? parsed : { ...parsed, problem: { ...parsed.problem, keyword } };
}

function unusable(problem: ParseProblem): ParsedSql {
  return { problem, tables: [], functions: '', tableFunctions: '', hash: '' };
}
