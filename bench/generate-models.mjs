// Writes a project of many models, for measuring: layers of 100 models, each reading up to three of the layer below,
// with CTEs, window functions, joins, aggregates and, in every second model, front matter.
//
//   node bench/generate-models.mjs <folder> [models = 10000] [models per layer = 100]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const sourceTables = 10;

/**
 * The files of the project: text by path relative to its root. The same arguments give the same files.
 * @param {number} modelCount
 * @param {number} [perLayer]
 * @returns {Map<string, string>}
 */
export function generateModels(modelCount, perLayer = 100) {
  const files = new Map();
  files.set('etl.yml', 'name: generated\ntargets:\n  dev: { lake: .etl/lake }\n');
  files.set('sources.yml', sourcesYml());
  for (let i = 0; i < sourceTables; i++) files.set(`data/events_${i}.csv`, eventsCsv(i));
  for (let i = 0; i < modelCount; i++) {
    const layer = Math.floor(i / perLayer);
    files.set(
      `models/layer_${pad(layer, 3)}/${modelName(layer, i % perLayer)}.sql`,
      modelSql(layer, i, perLayer),
    );
  }
  return files;
}

/** @param {number} layer @param {number} position */
const modelName = (layer, position) => `m_${pad(layer, 3)}_${pad(position, 3)}`;
/** @param {number} value @param {number} digits */
const pad = (value, digits) => String(value).padStart(digits, '0');

function sourcesYml() {
  const columns =
    '{ id: BIGINT, customer_id: INTEGER, amount: "DECIMAL(18,2)", status: VARCHAR, ordered_at: TIMESTAMP, score: DOUBLE }';
  const tables = Array.from(
    { length: sourceTables },
    (_, i) => `      events_${i}: { path: data/events_${i}.csv, columns: ${columns} }\n`,
  );
  return `sources:\n  raw:\n    connector: file\n    tables:\n${tables.join('')}`;
}

/** @param {number} table */
function eventsCsv(table) {
  const rows = Array.from({ length: 20 }, (_, i) => {
    const day = pad((i % 28) + 1, 2);
    return `${i},${i % 5},${(i * 7 + table) % 100}.50,${i % 3 ? 'paid' : 'open'},2024-01-${day} 10:00:00,${i / 4}\n`;
  });
  return `id,customer_id,amount,status,ordered_at,score\n${rows.join('')}`;
}

/** @param {number} layer @param {number} index @param {number} perLayer */
function modelSql(layer, index, perLayer) {
  const position = index % perLayer;
  /** @param {number} nth */
  const input = (nth) => {
    const at = (position + nth * 37 + layer * 11) % perLayer;
    return layer === 0 ? `raw.events_${at % sourceTables}` : modelName(layer - 1, at);
  };
  const shape = shapes[index % shapes.length];
  const body = shape?.(input, index) ?? '';
  return index % 2 === 0 ? body : frontMatter(index) + body;
}

/** @param {number} index */
function frontMatter(index) {
  return `/* model
description: Generated model number ${index}.
materialized: ${index % 10 === 1 ? 'view' : 'table'}
tags: [generated]
columns:
  id: { description: What it is about., tests: [not_null] }
*/
`;
}

/** @type {((input: (nth: number) => string, index: number) => string)[]} */
const shapes = [
  (input) => `select
    id,
    customer_id,
    cast(amount as decimal(18, 2)) as amount,
    lower(trim(status)) as status,
    ordered_at,
    coalesce(score, 0) as score
from ${input(0)}
where id is not null
`,
  (input, index) => `select * from ${input(0)}
where status = 'paid' and amount > ${index % 50}
`,
  (input, index) => `with recent as (
    select id, customer_id, amount, status, ordered_at, score
    from ${input(0)}
    where ordered_at >= timestamp '2020-01-01' and status <> 'deleted'
), ranked as (
    select *, row_number() over (partition by customer_id order by ordered_at desc, id) as position
    from recent
)
select
    id,
    customer_id,
    amount,
    status,
    ordered_at,
    score + ${index % 7} as score
from ranked
where position <= ${(index % 9) + 10}
`,
  (input) => `select
    a.id,
    a.customer_id,
    cast(coalesce(b.amount, a.amount) as decimal(18, 2)) as amount,
    case when b.id is null then 'single' else a.status end as status,
    greatest(a.ordered_at, b.ordered_at) as ordered_at,
    a.score
from ${input(0)} as a
left join ${input(1)} as b on a.id = b.id and a.customer_id = b.customer_id
`,
  (input, index) => `with per_customer as (
    select
        customer_id,
        count(*) as orders,
        sum(amount) as total,
        max(ordered_at) as last_ordered_at,
        avg(score) filter (where score > ${index % 5}) as score
    from ${input(0)}
    group by customer_id
), labels as (
    select distinct customer_id, first_value(status) over (partition by customer_id order by ordered_at) as status
    from ${input(1)}
)
select
    row_number() over (order by p.customer_id) as id,
    p.customer_id,
    cast(p.total / nullif(p.orders, 0) as decimal(18, 2)) as amount,
    l.status,
    p.last_ordered_at as ordered_at,
    p.score
from per_customer as p
join labels as l using (customer_id)
`,
  (input) => `select id, customer_id, amount, upper(trim(status)) as status, ordered_at, score
from ${input(0)}
union all
select id, customer_id, -amount, status, ordered_at + interval 1 day, score
from ${input(1)}
where exists (select 1 from ${input(2)} as c where c.customer_id = ${input(1)}.customer_id)
`,
  (input, index) => `with daily as (
    select date_trunc('day', ordered_at) as day, customer_id, status, sum(amount) as amount, min(id) as id,
           max(score) as score
    from ${input(0)}
    group by all
), moving as (
    select *,
           avg(amount) over (partition by customer_id order by day rows between ${(index % 6) + 1} preceding and current row) as average,
           lag(amount) over (partition by customer_id order by day) as before
    from daily
)
select
    id,
    customer_id,
    cast(average - coalesce(before, 0) as decimal(18, 2)) as amount,
    status,
    day as ordered_at,
    round(score, 2) as score
from moving
qualify row_number() over (partition by id order by day) = 1
`,
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder, models = '10000', perLayer = '100'] = process.argv.slice(2);
  if (!folder) throw new Error('usage: node bench/generate-models.mjs <folder> [models] [models per layer]');
  const made = new Set();
  for (const [path, text] of generateModels(Number(models), Number(perLayer))) {
    const parent = join(folder, path, '..');
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(join(folder, path), text);
  }
}
