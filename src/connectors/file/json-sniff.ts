import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectorContext } from '../../ports/connector.js';
import type { ColumnType } from '../../schema/column-type.js';
import { parseType } from '../../schema/parse-type.js';
import { quoteString } from '../../util/sql-quote.js';
import type { JsonPart } from './file-plan.js';
import { jsonObjectsSql, jsonSettings } from './json-scan.js';
import { fileList, type Reading } from './scan-columns.js';

/** From so many keys on, DuckDB looks whether an object is better a MAP: its default. */
const mapKeys = 200;

/** What DuckDB infers from the first records of each part, which have `keyCount` different keys; -1 for all. Where bad records are put aside, it only gets to see the others. */
export async function sniffJson(
  parts: readonly JsonPart[],
  reading: Reading,
  { connection, tempDir }: ConnectorContext,
  sampleRecords: number,
  keyCount: number,
): Promise<readonly { readonly name: string; readonly type: ColumnType }[]> {
  const copies: string[] = [];
  try {
    const scans: string[] = [];
    for (const part of parts) {
      if (reading.options.on_bad_row === 'fail')
        scans.push(sniffingScan(part, reading, sampleRecords, keyCount));
      else {
        const copy = join(tempDir, `${randomUUID()}.ndjson`);
        copies.push(copy);
        await mkdir(tempDir, { recursive: true });
        const limit = sampleRecords < 0 ? '' : ` limit ${sampleRecords}`;
        await connection.run(
          `copy (select json from ${jsonObjectsSql(part, reading)} where json_type(json) = 'OBJECT'${limit})
           to ${quoteString(copy)} (format csv, header false, delim '\x1f', quote '', escape '')`,
        );
        const copied: JsonPart = { kind: 'json', format: 'ndjson', compression: 'none', files: [copy] };
        scans.push(sniffingScan(copied, reading, sampleRecords, keyCount));
      }
    }
    const selects = scans.map((scan) => `select * from ${scan}`);
    const rows = await connection.rows(`describe ${selects.join(' union all by name ')}`);
    return rows.map((row) => ({
      name: row.column_name as string,
      type: parseType(row.column_type as string),
    }));
  } finally {
    for (const copy of copies) await rm(copy, { force: true });
  }
}

function sniffingScan(part: JsonPart, reading: Reading, sampleSize: number, keyCount: number): string {
  const { options } = reading;
  const settings = [
    ...jsonSettings(part, reading),
    'records = true, union_by_name = true',
    `sample_size = ${sampleSize}, maximum_sample_files = ${part.files.length}`,
    // Records of so many keys, most of them rare, would be taken for a MAP as a whole.
    ...(keyCount < mapKeys ? [] : ['map_inference_threshold = -1']),
    ...(options.date_format === undefined ? [] : [`dateformat = ${quoteString(options.date_format)}`]),
    ...(options.timestamp_format === undefined
      ? []
      : [`timestampformat = ${quoteString(options.timestamp_format)}`]),
  ];
  return `read_json(${fileList(part.files, reading)}, ${settings.join(', ')})`;
}
