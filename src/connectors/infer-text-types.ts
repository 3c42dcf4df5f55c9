import type { EngineConnection } from '../ports/engine.js';
import {
  evidenceSql,
  familyOf,
  mergeEvidence,
  noEvidence,
  type TextEvidence,
  type TextFamily,
  type TextFormats,
  typeOfEvidence,
} from './text-types.js';

/** Rows with texts in columns that together make one table. */
export interface TextRows {
  /** A relation, as it stands behind FROM. */
  readonly from: string;
  /** The expression that gives the text, by the column's key; keys that these rows lack are absent. */
  readonly expressions: ReadonlyMap<string, string>;
}

/** Texts that are looked at before those types that are left are tested over all: in so many rows, or fewer of many columns. */
const firstLookTexts = 200_000;
const firstLookRows = 2_000;
const manyColumns = 100;

export interface InferredTypes {
  /** The type of each column that holds all of its texts exactly: VARCHAR where there is none, or where there are no texts. */
  readonly types: ReadonlyMap<string, string>;
  /** Keys of the columns without any text. */
  readonly untyped: ReadonlySet<string>;
}

/** Finds the types of columns, tested over every row. `families` limits what a column may become; default: anything. */
export async function inferTextTypes(
  connection: EngineConnection,
  sets: readonly TextRows[],
  formats: TextFormats,
  families: ReadonlyMap<string, TextFamily> = new Map(),
): Promise<InferredTypes> {
  const columnCount = Math.max(...sets.map(({ expressions }) => expressions.size), 1);
  const rowCount = Math.max(100, Math.min(firstLookRows, Math.floor(firstLookTexts / columnCount)));
  const first = await look(connection, sets, formats, families, rowCount);
  let found = first.evidence;
  if (!first.complete) {
    const left = new Map(
      [...found].map(([key, evidence]) => [key, familyOf(evidence, families.get(key) ?? 'any')] as const),
    );
    found = (await look(connection, sets, formats, left)).evidence;
  }
  const typed = [...found].filter(([key]) => families.get(key) !== 'presence');
  return {
    types: new Map(typed.map(([key, evidence]) => [key, typeOfEvidence(evidence)])),
    untyped: new Set([...found].flatMap(([key, { count }]) => (count === 0 ? key : []))),
  };
}

async function look(
  connection: EngineConnection,
  sets: readonly TextRows[],
  formats: TextFormats,
  families: ReadonlyMap<string, TextFamily>,
  limit?: number,
): Promise<{ readonly evidence: ReadonlyMap<string, TextEvidence>; readonly complete: boolean }> {
  const evidence = new Map<string, TextEvidence>();
  let complete = true;
  for (const { from, expressions } of sets) {
    const asked = [...expressions]
      .map(([key, expression]) => ({ key, expression, family: families.get(key) ?? 'any' }))
      .filter(({ family }) => family !== 'text');
    if (asked.length === 0) continue;
    const rows = limit === undefined ? from : `(from ${from} limit ${limit})`;
    const { count, found } =
      limit === undefined && asked.length <= manyColumns
        ? await testSideBySide(connection, rows, asked, formats)
        : await testAsRows(connection, rows, asked, formats);
    if (limit !== undefined && count >= limit) complete = false;
    for (const [key, now] of found) {
      const before = evidence.get(key);
      evidence.set(key, before ? mergeEvidence(before, now) : now);
    }
  }
  return { evidence, complete };
}

interface AskedColumn {
  readonly key: string;
  readonly expression: string;
  readonly family: TextFamily;
}

interface Found {
  /** Number of rows. */
  readonly count: number;
  readonly found: ReadonlyMap<string, TextEvidence>;
}

/** Tests of its own for each column: quickest over many rows, but planning them takes long when columns are many. */
async function testSideBySide(
  connection: EngineConnection,
  rows: string,
  columns: readonly AskedColumn[],
  formats: TextFormats,
): Promise<Found> {
  const inner = columns.map(({ expression }, i) => `${expression} as x${i}`).join(', ');
  const tests = columns.map(({ family }, i) => `${evidenceSql(`x${i}`, family, formats)} as e${i}`);
  const [row] = await connection.rows(
    `select count(*)::double as n, ${tests.join(', ')} from (select ${inner} from ${rows})`,
  );
  const found = columns.map(({ key }, i) => [key, row![`e${i}`] as TextEvidence] as const);
  return { count: row!.n as number, found: new Map(found) };
}

/** The texts of all columns below each other, so that each test is planned once, however many columns there are. */
async function testAsRows(
  connection: EngineConnection,
  rows: string,
  columns: readonly AskedColumn[],
  formats: TextFormats,
): Promise<Found> {
  const found = new Map(columns.map(({ key }) => [key, noEvidence]));
  let count = 0;
  for (const family of new Set(columns.map((column) => column.family))) {
    const alike = columns.filter((column) => column.family === family);
    const texts = alike.map(({ expression }) => expression).join(', ');
    const results = await connection.rows(
      `select i, count(*)::double as n, ${evidenceSql('x', family, formats)} as e
       from (select unnest([${texts}]) as x, unnest(range(${alike.length})) as i from ${rows}) group by i`,
    );
    for (const { i, n, e } of results) {
      count = n as number;
      found.set(alike[Number(i)]!.key, e as TextEvidence);
    }
  }
  return { count, found };
}
