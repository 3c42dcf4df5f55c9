import { quoteIdentifier } from '../../util/sql-quote.js';
import type { RejectTables } from './csv-scan.js';
import { type Places, shownPathSql } from './scan-columns.js';

/** Why a row is refused whose bytes are no text. */
export const wrongEncoding = 'text that is not valid in the encoding of the file';

/** A SELECT of the rows that a scan with `rejects` put aside, one row each: `file`, `line`, `column`, `reason`, `raw`. */
export function csvRejectsSelect(rejects: RejectTables, places: Places): string {
  const reason = `case error_type::varchar
      when 'CAST' then regexp_replace(error_message, '(?s)^Error when converting column ".*"\\. Could not convert string (".*") to ''(.*)''.*$', '\\1 is not of type \\2')
      when 'UNQUOTED VALUE' then 'a quote that is never closed, or text behind a closing one'
      when 'INVALID ENCODING' then '${wrongEncoding}'
      when 'LINE SIZE OVER MAXIMUM' then 'longer than max_record_mb allows'
      else 'malformed CSV' end`;
  // A row is reported once for each field that it lacks or has besides, with another count each time.
  const isCount = `error_type::varchar in ('MISSING COLUMNS', 'TOO MANY COLUMNS')`;
  const number = (which: number) =>
    `cast(nullif(regexp_extract(error_message, 'Expected Number of Columns: (\\d+) Found: (\\d+)', ${which}), '') as bigint)`;
  const count = `'expected ' || any_value(${number(1)}) filter (${isCount}) || ' fields, found ' ||
      case when bool_or(error_type::varchar = 'MISSING COLUMNS') then min(${number(2)}) else max(${number(2)}) end`;
  const hasColumn = `error_type::varchar in ('CAST', 'INVALID ENCODING')`;
  return `select ${shownPathSql('file_path', places)} as "file", cast(line as bigint) as line,
      arg_min(case when ${hasColumn} then column_name end, column_idx) as "column",
      concat_ws('; ', string_agg(${reason}, '; ' order by column_idx) filter (not ${isCount}), ${count}) as reason, any_value(csv_line) as raw
    from ${quoteIdentifier(rejects.errors)} join ${quoteIdentifier(rejects.scans)} using (scan_id, file_id)
    group by file_path, line`;
}

/** Removes what a scan with rejects left in the session. */
export function dropRejectTables({ scans, errors }: RejectTables): string {
  return `drop table if exists ${quoteIdentifier(errors)}; drop table if exists ${quoteIdentifier(scans)};`;
}
