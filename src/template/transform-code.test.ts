import { describe, expect, test } from 'vitest';
import { useTemplates } from './expand-fixture.js';
import type { ExpandOptions } from './expand-options.js';

const { expand } = useTemplates();

const env = { REGION: 'eu-west', TOKEN: 'hunter2-secret', PATH: '/bin' };
const vars = { start_date: '2024-01-01', limit: 5 };

/** Whether a transform counts as another one with other values. */
async function changes(
  body: string,
  given: Partial<ExpandOptions>,
  own = 'export const own = () => 1;',
): Promise<boolean> {
  const files = {
    'macros/h.ts': `import { env, vars } from 'parquetry';
export const limited = () => vars.limit;
export const token = () => env.TOKEN;`,
    'macros/own.ts': own,
    'models/m.ts': `import { own } from '../macros/own.ts';
import * as api from 'parquetry';
import { env, ref, target, transform, vars } from 'parquetry';
import { limited, token } from '../macros/h.ts';
export const other = () => vars.limit;
export default () => transform(ref('t'), { columns: { a: 'INTEGER' } }, async function* () { yield { a: ${body} }; });`,
  };
  const code = async (options: Partial<ExpandOptions>) => {
    const { value, diagnostics } = await expand(files, { vars, env, ...options });
    expect(diagnostics).toEqual([]);
    const text = value[0]!.transform!.code;
    expect(text).toMatch(/^[0-9a-f]+$/);
    return text;
  };
  return (await code({})) !== (await code(given));
}

const otherLimit = { vars: { ...vars, limit: 6 } };
const otherDate = { vars: { ...vars, start_date: '2024-01-02' } };
const otherToken = { env: { ...env, TOKEN: 'hunter3' } };
const otherPath = { env: { ...env, PATH: '/usr/bin' } };

describe('a transform is another one when a value changes that its code may read', () => {
  const cases: readonly (readonly [body: string, differs: readonly object[], same: readonly object[]])[] = [
    ['1', [], [otherLimit, otherToken, { target: { name: 'prod' } }]],
    ['vars.limit', [otherLimit, { vars: { start_date: '' } }], [otherDate, otherToken]],
    ["vars?.['limit']", [otherLimit], [otherDate]],
    ['api.vars.limit', [otherLimit], [otherDate]],
    ['limited()', [otherLimit], [otherDate, otherToken]],
    ['(({ limit }) => limit)(vars)', [otherLimit, otherDate], [otherToken]],
    ['Object.keys({ ...vars }).length', [otherLimit, { vars: { ...vars, more: 1 } }], [otherToken]],
    ['env.TOKEN', [otherToken, { env: {} }], [otherPath, otherLimit]],
    ['token()', [otherToken], [otherPath, otherLimit]],
    ["'TOKEN' in env", [otherToken], [otherPath]],
    ['(({ TOKEN }) => TOKEN)(env)', [otherToken], [otherPath, otherLimit]],
    ['[target.name]', [{ target: { name: 'prod' } }], [otherLimit]],
  ];
  test.each(cases)('%s', async (body, differs, same) => {
    for (const given of differs) expect(await changes(body, given), JSON.stringify(given)).toBe(true);
    for (const given of same) expect(await changes(body, given), JSON.stringify(given)).toBe(false);
  });

  test('also where the bundle gives it another name', async () => {
    const own = 'const vars = { limit: 1 };\nexport const own = () => vars.limit;';
    expect(await changes('vars.limit + own()', otherLimit, own)).toBe(true);
    expect(await changes('own()', otherLimit, own)).toBe(false);
  });
});

test('a transform that a macro makes has code too', async () => {
  const code = async (label: string) => {
    const { value } = await expand({
      'macros/made.ts': `import { ref, transform } from 'parquetry';
export const made = (table: string) => transform(ref(table), { columns: { a: 'VARCHAR' } }, async function* () { yield { a: '${label}' }; });`,
      'models/m.ts': "import { made } from '../macros/made.ts';\nexport default made('t');",
    });
    return value[0]!.transform!.code;
  };
  const first = await code('one');
  expect(first).not.toBe('');
  expect(await code('two')).not.toBe(first);
  expect(await code('one')).toBe(first);
});

test('a model that exports no transform is an error of its own', async () => {
  const { diagnostics } = await expand({
    'models/m.ts': "import { transform } from 'parquetry';\nexport const made = transform;",
  });
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'A TypeScript model must export a query as its default.',
  ]);
});

test('what a transform reads of the environment is not shown when it fails', async () => {
  const { transforms } = await expand({
    'models/m.ts': `import { env, ref, transform } from 'parquetry';
export default transform(ref('t'), { columns: { a: 'INTEGER' } }, async function* () { throw new Error(env.TOKEN); });`,
    'models/n.sql': '${1}',
  });
  const rows = transforms.get('m')!.run((async function* () {})());
  const thrown = await rows[Symbol.asyncIterator]()
    .next()
    .catch((error) => error);
  expect(thrown.message).toBe('hunter2-secret');
  expect(transforms.get('m')!.explain(thrown).message).toBe('***');
});
