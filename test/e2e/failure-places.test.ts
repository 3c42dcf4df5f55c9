import { expect, test } from 'vitest';
import { build } from '../../src/api/build.js';
import { makeProject, writeFiles } from '../support/cli.js';

const ephemeral = '/* model\nmaterialized: ephemeral\n*/\n';
const dates = "select id, 'é😀' as pad, name::date as d from s\n";
const longer = "select 'a longer text than that of the other query' as a, 'and longer still' as b, d from";
const appends = '/* model\nmaterialized: incremental\nstrategy: append\n*/\n';

const files = {
  'etl.yml': 'name: places\nmodels: { materialized: table }\n',
  'seeds/s.csv': 'id,name\n1,é\n',
  'macros/a.sql': 'create macro whole(x) as x::int;\n',
  'models/own.sql': "select 'é😀' as pad,\n  name::date as d\nfrom s\n",
  'models/made.sql': 'select ${sql`${sql.ref("name")}::date`} as d from s\n',
  'models/inlined.sql': ephemeral + dates,
  'models/seen.sql': `/* model\nmaterialized: view\n*/\n${dates}`,
  'models/reads_inlined.sql': `${longer} inlined\n`,
  'models/reads_seen.sql': `with c as (${longer} seen) select * from c\n`,
  'models/through_macro.sql': '-- é\nselect whole(name) as n from s\n',
  'models/nowhere.sql': '-- é\n\nselect (select unnest([id, id]) from s) as x\n',
  'models/grows.sql': `${appends}select name::\${when(incremental, sql\`date\`, sql\`varchar\`)}::varchar as d from s\n`,
  'tests/odd.sql': '/* test\ndescription: é\n*/\nselect * from s where name::int > 0\n',
};

test('a query that fails is shown where it does, in the file that says so', async () => {
  const projectDir = makeProject(files);
  const run = async () => {
    const { nodes, tests } = await build({ projectDir, typeCheck: false });
    const places = [...nodes, ...tests].flatMap(({ name, diagnostics }) =>
      diagnostics.map(({ span, notes = [] }) => {
        const at = span ? `${span.file}:${span.start.line}:${span.start.column}` : 'nowhere';
        return [name, [at, ...notes.map(({ message }) => message)].join(' ')] as const;
      }),
    );
    return Object.fromEntries(places);
  };
  expect(await run()).toEqual({ odd: 'tests/odd.sql:4:1' });
  writeFiles(projectDir, { 'tests/odd.sql': 'select 1 where false\n' });
  expect(await run()).toEqual({
    own: 'models/own.sql:2:7',
    made: 'models/made.sql:1:8',
    reads_inlined: 'models/inlined.sql:4:30 reads_inlined reads inlined',
    reads_seen: 'models/seen.sql:4:30 reads_seen reads seen',
    through_macro: 'models/through_macro.sql:2:8',
    nowhere: 'models/nowhere.sql:1:1',
  });
  writeFiles(projectDir, { 'seeds/s.csv': 'id,name\n1,é\n2,ü\n' });
  expect((await run()).grows).toBe('models/grows.sql:5:12');
});
