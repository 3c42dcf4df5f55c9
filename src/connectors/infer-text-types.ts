import type { EngineConnection } from '../ports/engine.js';
import {
  evidenceSql,
  familyOf,
  mergeEvidence,
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

/** Rows that are looked at before types are tested over all of them. */
const firstLookRows = 2_000;

/**
 * The type of each column that holds all of its texts exactly, tested over every row: VARCHAR where there is
 * none. `families` limits what a column may become; default: anything.
 */
export async function inferTextTypes(
  connection: EngineConnection,
  sets: readonly TextRows[],
  formats: TextFormats,
  families: ReadonlyMap<string, TextFamily> = new Map(),
): Promise<ReadonlyMap<string, string>> {
  const first = await look(connection, sets, formats, families, firstLookRows);
  let found = first.evidence;
  if (!first.complete) {
    const left = new Map(
      [...found].map(([key, evidence]) => [key, familyOf(evidence, families.get(key) ?? 'any')] as const),
    );
    found = (await look(connection, sets, formats, left)).evidence;
  }
  return new Map([...found].map(([key, evidence]) => [key, typeOfEvidence(evidence)]));
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
    const asked = [...expressions].filter(([key]) => families.get(key) !== 'text');
    if (asked.length === 0) continue;
    const inner = asked.map(([, expression], i) => `${expression} as x${i}`).join(', ');
    const outer = asked.map(
      ([key], i) => `${evidenceSql(`x${i}`, families.get(key) ?? 'any', formats)} as e${i}`,
    );
    const rows = `(select ${inner} from ${from}${limit === undefined ? '' : ` limit ${limit}`})`;
    const [row] = await connection.rows(`select count(*)::double as n, ${outer.join(', ')} from ${rows}`);
    if (limit !== undefined && (row!.n as number) >= limit) complete = false;
    asked.forEach(([key], i) => {
      const before = evidence.get(key);
      const now = row![`e${i}`] as TextEvidence;
      evidence.set(key, before ? mergeEvidence(before, now) : now);
    });
  }
  return { evidence, complete };
}
