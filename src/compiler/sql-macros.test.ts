import { describe, expect, test } from 'vitest';
import { compileParts, shown } from './compile-fixtures.js';
import type { ProjectParts } from './compile-input-fixture.js';

const base: ProjectParts = { seeds: { rates: 'currency VARCHAR, rate DOUBLE' } };

describe('macros in SQL', () => {
  test('may use each other and tables, in any order, and carry their inputs to the models that call them', async () => {
    const { value, diagnostics } = await compileParts({
      ...base,
      models: {
        prices: "select in_dollars(1.5, 'EUR') as price",
        listed: "select * from rates_of('EUR')",
        plain: 'select 1 as x',
      },
      sqlMacros: {
        'macros/a.sql': `-- é; not the end
          create or replace temp macro in_dollars(amount, code) as amount * rate_of(code);
          CREATE FUNCTION double_it(a) AS a * 2, (a, b := 3) AS a * 2 + b;`,
        'macros/b.sql': `create macro if not exists rate_of(code) as (select max(rate) from rates_of(code));
          create macro rates_of(code) as table select *, (currency) as c from rates where currency = code;`,
      },
    });
    expect(diagnostics.map(shown)).toEqual([]);
    expect(value.sqlMacros.map(({ name, reads }) => [name, reads])).toEqual([
      ['double_it', []],
      ['rates_of', ['rates']],
      ['rate_of', ['rates']],
      ['in_dollars', ['rates']],
    ]);
    expect(value.sqlMacros[0]!.sql).toBe(
      'CREATE OR REPLACE MACRO double_it(a) AS a * 2, (a, b := 3) AS a * 2 + b',
    );
    const node = (name: string) => value.nodes.get(name)!;
    expect(node('prices').inputs).toEqual(['rates']);
    expect(node('prices').usesMacros).toEqual(['rates_of', 'rate_of', 'in_dollars']);
    expect(node('listed').schema.columns.map(({ name }) => name)).toEqual(['currency', 'rate', 'c']);
    expect(node('plain').usesMacros).toEqual([]);
  });

  test('may read models, which then are built first', async () => {
    const { value } = await compileParts({
      models: { uses: 'select newest() as n', made: 'select 1 as x' },
      sqlMacros: { 'macros/a.sql': 'create macro newest() as (select max(x) from made)' },
    });
    expect([...value.nodes.keys()]).toEqual(['made', 'uses']);
    expect(value.nodes.get('uses')!.inputs).toEqual(['made']);
  });

  test('report errors at their place, and nothing for the models that call them', async () => {
    const { value, diagnostics } = await compileParts({
      ...base,
      models: { m: 'select broken(1) as x', n: 'select fine(1) as x', o: 'select circle(1) as x' },
      sqlMacros: {
        'macros/a.sql':
          "create macro fine(a) as a;\ncreate macro broken(a) as 'é' || summ(a);\ncreate macro lost() as table from raits2;",
        'macros/b.sql':
          'create table x as select 1;\ncreate macro Fine(a) as a;\ncreate macro main.f(a) as a;\nset threads = 1;',
        'macros/c.sql':
          'create macro circle(a) as round_about(a);\ncreate macro round_about(a) as circle(a);',
        'macros/d.sql': 'create macro typo(a) as a +;',
        'macros/e.sql': 'create macro rows_of(t) as table from query_table(t);',
      },
    });
    expect(diagnostics.map(shown)).toEqual([
      'macros/a.sql:2:34-38 compile/sql-macro There is no function "summ". | did you mean "sum"?',
      'macros/a.sql:3:35-41 compile/sql-macro There is no model, seed or source table "raits2".',
      'macros/b.sql:1:1-7 compile/sql-macro Only CREATE MACRO stands in macros/*.sql. | put queries into models/, and settings and secrets into engine.init of etl.yml',
      'macros/b.sql:2:14-18 compile/sql-macro The macro Fine is defined twice. | give one of them another name; overloads stand in one CREATE MACRO',
      'macros/b.sql:3:14-18 compile/sql-macro A macro has no schema. | write its name alone',
      'macros/b.sql:4:1-4 compile/sql-macro Only CREATE MACRO stands in macros/*.sql. | put queries into models/, and settings and secrets into engine.init of etl.yml',
      'macros/c.sql:1:14-20 compile/cycle These depend on each other in a circle, each reading the next: macro circle() → macro round_about() → macro circle(). | take one of these references out',
      'macros/d.sql:1:27-28 compile/sql-macro Syntax error at end of input.',
      'macros/e.sql:1:39-50 compile/sql-macro query_table() takes its table as a text, so nothing can tell what is read. | name the table in FROM; where the name is computed, write ${ref(…)} or a TypeScript macro that takes one',
    ]);
    expect([...value.nodes.keys()]).toEqual(['rates', 'n']);
    expect(value.sqlMacros.map(({ name }) => name)).toEqual(['fine']);
  });
});
