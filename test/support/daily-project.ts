import { backfill } from '../../src/api/backfill.js';
import { tableRows } from './table-rows.js';

/** A model of days. */
export const dailyModel = (options = '', sql = 'select id, t from s.t') => `/* model
materialized: incremental
strategy: time_range
event_time: t
interval: day
begin: 2024-01-01
${options}
*/
${sql}
`;
/** The same over the rows of `s.t`. */
export const model = (options = '', select = 'id, t') => dailyModel(options, `select ${select} from s.t`);
export const day = (n: number) => `2024-01-${String(n).padStart(2, '0')}`;
/** A CSV file of ids, each with its day of January. */
export const rowsFile = (...rows: readonly (readonly [number, number])[]) =>
  `id,t\n${rows.map(([id, n]) => `${id},${day(n)} 10:00:00`).join('\n')}\n`;
/** A source of files and the model `m` over it. */
export const project = (options = '', select?: string) => ({
  'sources.yml': `sources:
  s:
    connector: file
    tables:
      t: { path: data/*.csv, event_time: t, columns: { id: BIGINT, t: TIMESTAMP } }
`,
  'models/m.sql': model(options, select),
});
export const asked = (projectDir: string, from: number, to: number) => ({
  projectDir,
  typeCheck: false,
  env: {},
  model: 'm',
  from: day(from),
  to: day(to),
});
/** Backfills `m` from one day of January to another. */
export const run = (projectDir: string, from: number, to: number, again = false) =>
  backfill({ ...asked(projectDir, from, to), again });
/** The ids that `m` holds. */
export const ids = async (folder: string) => (await tableRows(folder, 'm')).map((row) => row.split('|')[0]);
