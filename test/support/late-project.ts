import { currentVersion } from './table-rows.js';

/** A source of events. */
export const sources = (options = '') => `sources:
  s:
    connector: file
    tables:
      t: { path: data/*.csv, event_time: t, columns: { id: BIGINT, t: TIMESTAMP, v: BIGINT }${options} }
`;
export const file = (...rows: string[]) => `id,t,v\n${rows.join('\n')}\n`;
/** A model that follows late rows. */
export const model = (query: string, more = '', interval = 'day') =>
  `/* model\nmaterialized: incremental\nstrategy: time_range\nevent_time: t\ninterval: ${interval}\nbegin: 2024-01-01\nlate_rows: build\n${more}*/\n${query}\n`;

/** The days of the intervals that a build made, as the ledger has them. */
export async function built(
  folder: string,
  build: () => Promise<unknown>,
  table = 'm',
): Promise<readonly string[]> {
  const keys = async () => (await currentVersion(folder, table)).ledger!.intervals;
  const before = new Set((await keys()).map(({ inputsKey }) => inputsKey));
  await build();
  return (await keys()).flatMap(({ start, end, inputsKey }) =>
    before.has(inputsKey) ? [] : [`${start.slice(5, 10)}..${end.slice(5, 10)}`],
  );
}

export const sixDays = file(...[1, 2, 3, 4, 5, 6].map((day) => `${day},2024-01-0${day} 12:00:00,0`));
