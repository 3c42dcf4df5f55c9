import { parseType } from '../../schema/parse-type.js';
import { quoteIdentifier, quoteList, quoteString } from '../../util/sql-quote.js';
import type { TextFormats } from '../text-types.js';
import type { FilePlan, JsonPart } from './file-plan.js';
import { jsonTextsSql } from './json-scan.js';
import { jsonMisfitSql, jsonPointer, jsonValueSql } from './json-value.js';
import { derivedColumns, pathColumn, type Reading, selectList, shownPathSql } from './scan-columns.js';

const values = '_parquetry_values';
const misfit = '_parquetry_misfit';

/** A SELECT of the plan's columns from the records that fit, one by one: slower than DuckDB's own reader. */
export function fittingJsonSelect(plan: FilePlan, part: JsonPart, reading: Reading): string {
  const columns = checkedColumns(plan, reading);
  const checked = columns.map((column) => `${column.value} as ${quoteIdentifier(column.name)}`);
  const misfits = columns.map((column) => column.misfit).filter((sql) => sql !== 'false');
  const list = selectList(plan, reading, ({ name }) => quoteIdentifier(name));
  return `select ${list} from (
    select ${[...checked, `${misfits.join(' or ') || 'false'} as ${misfit}`, pathColumn].join(', ')}
    from (select ${valuesSql(columns)} as ${values}, ${pathColumn} from ${jsonTextsSql(part, reading)} where trim(text) <> '')
    where ${values} is not null
  ) where not ${misfit}`;
}

/** A SELECT of the records that do not fit: `file`, `line` (for JSON documents the number of the record), `column`, `reason`, `raw`. */
export function unfitJsonSelect(plan: FilePlan, part: JsonPart, reading: Reading): string {
  const columns = checkedColumns(plan, reading);
  const unfit = columns.filter((column) => column.misfit !== 'false');
  const whenUnfit = (result: (column: CheckedColumn) => string) =>
    unfit.map((column) => `when ${column.misfit} then ${result(column)}`).join(' ');
  const reason = `case when not json_valid(text) then 'malformed JSON'
      when json_type(text) <> 'OBJECT' then 'expected an object, found ' || case json_type(text)
        when 'ARRAY' then 'an array' when 'VARCHAR' then 'a text' when 'BOOLEAN' then 'a boolean' when 'NULL' then 'null' else 'a number' end
      ${whenUnfit((c) => `left(cast(${c.json} as varchar), 200) || ${quoteString(` is not of type ${c.type}`)}`)} end`;
  const column = unfit.length > 0 ? `case ${whenUnfit((c) => quoteString(c.name))} end` : 'null::varchar';
  // Lines are numbered over all files in the order of the scan; each file's own numbers start with its first.
  const numbered = `(select row_number() over () as n, * from ${jsonTextsSql(part, reading)})`;
  return `select ${shownPathSql(pathColumn, reading)} as "file", n - first + 1 as line, "column", reason, cast(text as varchar) as raw
    from (
      select *, ${column} as "column", ${reason} as reason
      from (select *, ${valuesSql(columns)} as ${values} from ${numbered} where trim(text) <> '')
      where ${values} is null or ${unfit.map((c) => c.misfit).join(' or ') || 'false'}
    ) join (select ${pathColumn}, min(n) as first from ${numbered} group by ${pathColumn}) using (${pathColumn})`;
}

interface CheckedColumn {
  readonly name: string;
  readonly type: string;
  readonly json: string;
  readonly value: string;
  readonly misfit: string;
}

function checkedColumns(plan: FilePlan, { options }: Reading): readonly CheckedColumn[] {
  const formats: TextFormats = { date: options.date_format, timestamp: options.timestamp_format };
  const derived = derivedColumns(plan);
  return plan.schema.columns
    .filter((column) => !derived.has(column.name))
    .map(({ name, type }, i) => {
      const json = `${values}[${i + 1}]`;
      const parsed = parseType(type);
      const value = jsonValueSql(parsed, json, formats);
      return { name, type, json, value, misfit: jsonMisfitSql(parsed, json, formats) };
    });
}

/** The columns' JSON values as a list, extracted in one go; NULL for what is no JSON object. */
function valuesSql(columns: readonly CheckedColumn[]): string {
  const pointers = quoteList(columns.map((column) => jsonPointer('', column.name)));
  const extracted = columns.length > 0 ? `json_extract(text, ${pointers})` : '[]::json[]';
  return `case when json_valid(text) and json_type(text) = 'OBJECT' then ${extracted} end`;
}
