import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli.js';
import { makeProject } from './cli.js';
import { fakeProcess } from './fake-process.js';

export const sources = (policy?: string) =>
  [
    'sources:',
    '  shop:',
    '    connector: file',
    '    tables:',
    `      orders: { path: data/orders.csv${policy === undefined ? '' : `, on_schema_change: ${policy}`} }`,
    '',
  ].join('\n');

export const orders = 'id,amount\n1,10\n2,20\n';
export const mart = (select: string, settings = '') =>
  `/* model\nmaterialized: table\npublish: true\n${settings}*/\n${select}\n`;

export const project = () =>
  makeProject({
    'sources.yml': sources(),
    'data/orders.csv': orders,
    'models/totals.sql': mart('select id, {x: amount} as nested from shop.orders'),
    'models/report.sql': 'select nested.x as x from totals',
  });

export async function etl(folder: string, args: readonly string[], env: Record<string, string> = {}) {
  const { around, written } = fakeProcess({ cwd: folder, env: { NO_COLOR: '1', ...env } });
  const code = await runCli(args, around);
  return { code, ...written };
}

export const pinOf = (folder: string, table: string) =>
  readFileSync(join(folder, `schemas/${table}.yml`), 'utf8');
