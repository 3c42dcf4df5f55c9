import { expect, test } from 'vitest';
import { leafModules } from './leaf-modules.js';

test('a module that others can see is no leaf', () => {
  const modules = {
    '.etl/types/database.d.ts': 'export {};',
    'macros/money.ts': 'export const cents = 1;',
    'macros/all/index.ts': 'export const x = 1;',
    'macros/global.ts': 'export {};\ndeclare global { var n: number }',
    'macros/script.ts': 'var shared = 1;',
    'models/orders.sql.ts': `import { cents } from '../macros/money.ts';\nimport '../macros/all';`,
    'models/helper.ts': 'export const h = 1;',
    'models/report.ts': `const { h } = await import("./helper.js");\nexport default h;`,
    'models/customers.sql.ts': 'export {};',
  };
  expect([...leafModules(new Map(Object.entries(modules)))]).toEqual([
    'models/orders.sql.ts',
    'models/report.ts',
    'models/customers.sql.ts',
  ]);
});
