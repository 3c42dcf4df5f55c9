import fs from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compatibilityRules } from './compatibility-rules.js';

test('the guide lists every rule as it is', async () => {
  const rows = Object.entries(compatibilityRules).map(
    ([id, { forward, backward, because }]) => `| \`${id}\` | ${forward} | ${backward} | ${because} |`,
  );
  const table = ['| rule | `forward` | `backward` | why |', '| --- | --- | --- | --- |', ...rows].join('\n');
  const guide = await fs.readFile('docs/schema-pins.md', 'utf8');
  expect(/<!-- rules -->\n([\s\S]*)\n<!-- \/rules -->/.exec(guide)?.[1]).toBe(table);
});
