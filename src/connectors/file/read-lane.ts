import type { SourceTable } from '../../ir/project.js';
import type { BatchLoad, ConnectorContext, Lane } from '../../ports/connector.js';
import { EngineError } from '../../ports/engine.js';
import { quoteIdentifier } from '../../util/sql-quote.js';
import { arrowSelect } from './arrow-plan.js';
import { csvRejectsSelect, dropRejectTables } from './csv-rejects.js';
import { csvSelect, rejectTables } from './csv-scan.js';
import type { FilePlan, JsonPart } from './file-plan.js';
import { fittingJsonSelect, unfitJsonSelect } from './json-rows.js';
import { jsonSelect } from './json-scan.js';
import { parquetSelect } from './parquet-plan.js';
import type { Reading } from './scan-columns.js';

/** The SQL that reads the files as planned, and where bad rows are put aside, the SQL that returns those. */
export async function readLane(
  table: SourceTable,
  plan: FilePlan,
  reading: Reading,
  context: ConnectorContext,
): Promise<Lane> {
  const { connection } = context;
  const quarantine = reading.options.on_bad_row === 'quarantine';
  const rejects = quarantine ? rejectTables(table.name) : undefined;
  const selects: string[] = [];
  const bad: string[] = [];
  const loads: BatchLoad[] = [];
  let hasCsv = false;
  for (const part of plan.parts) {
    switch (part.kind) {
      case 'csv':
        selects.push(csvSelect(plan, part, reading, rejects));
        hasCsv = true;
        break;
      case 'json':
        for (const { piece, isSound } of quarantine
          ? await sortOut(part)
          : [{ piece: part, isSound: true }]) {
          if (isSound) selects.push(jsonSelect(plan, piece, reading));
          else {
            selects.push(fittingJsonSelect(plan, piece, reading));
            bad.push(unfitJsonSelect(plan, piece, reading));
          }
        }
        break;
      case 'parquet':
        selects.push(parquetSelect(plan, part, reading));
        break;
      case 'arrow': {
        const arrow = arrowSelect(table, plan, part, context);
        selects.push(arrow.sql);
        loads.push(...arrow.loads);
        break;
      }
    }
  }
  if (rejects && hasCsv) bad.push(csvRejectsSelect(rejects, reading));
  return {
    kind: 'scan',
    sql: selects.length > 0 ? selects.join('\nunion all\n') : emptySql(plan),
    ...(quarantine && {
      rejectsSql:
        bad.length > 0 ? `select * from (${bad.join('\nunion all\n')}) order by "file", line` : noRejectsSql,
    }),
    ...(loads.length > 0 && { loads }),
    ...(rejects && hasCsv && { cleanupSql: dropRejectTables(rejects) }),
  };

  /** Divides files into those that DuckDB's own reader takes whole, which is several times faster, and the rest. */
  async function sortOut(part: JsonPart): Promise<readonly { piece: JsonPart; isSound: boolean }[]> {
    if (await fits(part)) return [{ piece: part, isSound: true }];
    const files: { true: string[]; false: string[] } = { true: [], false: [] };
    for (const file of part.files) {
      const isSound = part.files.length > 1 && (await fits({ ...part, files: [file] }));
      files[`${isSound}`].push(file);
    }
    return [true, false].flatMap((isSound) => {
      const chosen = files[`${isSound}`];
      return chosen.length > 0 ? [{ piece: { ...part, files: chosen }, isSound }] : [];
    });
  }

  /** True when DuckDB's own reader takes every record. */
  async function fits(part: JsonPart): Promise<boolean> {
    const counts = plan.schema.columns.map((column) => `count(${quoteIdentifier(column.name)})`);
    try {
      await connection.run(`select ${counts.join(', ')} from (${jsonSelect(plan, part, reading)})`);
      return true;
    } catch (error) {
      if (error instanceof EngineError && error.kind !== 'interrupted') return false;
      throw error;
    }
  }
}

/** No rows, with the right columns. */
function emptySql({ schema }: FilePlan): string {
  const columns = schema.columns.map((c) => `cast(null as ${c.type}) as ${quoteIdentifier(c.name)}`);
  return `select ${columns.join(', ')} where false`;
}

const noRejectsSql = `select null::varchar as "file", null::bigint as line, null::varchar as "column", null::varchar as reason, null::varchar as raw where false`;
