import { noRows } from '../planner/samples.js';

/** How many of the rows of sources are landed: the first ones, or a share that is the same every time. */
export type Sample =
  | { readonly kind: 'rows'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** A sample as table versions record it. */
export function sampleName(sample: Sample): string {
  if (sample.kind === 'percent') return `${sample.percent}%`;
  return sample.count === 0 ? noRows : `${sample.count} rows`;
}

/** A SELECT of a sample of the rows of another one. */
export function sampleSql(sql: string, sample: Sample): string {
  if (sample.kind === 'rows') return `select * from (${sql}\n) limit ${sample.count}`;
  return `select * from (${sql}\n) as sampled where hash(sampled) % 1000000 < ${Math.round(sample.percent * 10_000)}`;
}
