import { expect, test } from 'vitest';
import { makeProject, queryRows, runEtl, writeFiles } from '../support/cli.js';

test('a macro that reads a table is a dependency on it, in tables, in views and in tests', async () => {
  const folder = makeProject({
    'macros/big.sql':
      'create macro doubled(x) as x * 2;\ncreate macro big_rows(least) as table select doubled(i) as i from numbers where i >= least;\n',
    'models/numbers.sql': '/* model\nmaterialized: table\n*/\nselect i from range(5) t(i)\n',
    'models/stored.sql': '/* model\nmaterialized: table\n*/\nselect i from big_rows(3)\n',
    'models/looked_at.sql': '/* model\nmaterialized: view\n*/\nselect sum(i) as total from big_rows(2)\n',
    'tests/none_huge.sql': 'select * from big_rows(0) where i > 100\n',
  });
  const built = await runEtl(folder, ['build']);
  expect(built.code, built.output).toBe(0);
  expect(await queryRows(folder, 'from stored order by i')).toEqual([{ i: 6 }, { i: 8 }]);
  expect(await queryRows(folder, 'from looked_at')).toEqual([{ total: 18 }]);

  writeFiles(folder, {
    'models/numbers.sql': '/* model\nmaterialized: table\n*/\nselect i from range(6) t(i)\n',
  });
  const again = await runEtl(folder, ['build']);
  expect(again.code, again.output).toBe(0);
  expect(await queryRows(folder, 'select count(*) as n from stored')).toEqual([{ n: 3 }]);
  expect(await queryRows(folder, 'from looked_at')).toEqual([{ total: 28 }]);
}, 60_000);
