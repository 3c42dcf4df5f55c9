import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, runEtl } from '../support/cli.js';
import { filesBelow } from '../support/lake-contents.js';

const secret = 'hunter2-geheim';
const ways = ['env.MY_SECRET', 'vars.token', 'vars.login.token'];
const vars = "vars: { token: '${env.MY_SECRET}', login: { token: '${env.MY_SECRET}' } }\n";

test.each(ways)(
  '%s stands in no output, artifact or file, however it is used',
  async (value) => {
    const folder = makeProject({
      'etl.yml': `name: s\n${vars}targets:\n  dev: { lake: .etl/lake }\n  far:\n    lake: s3://b/p\n    s3: { endpoint: 'http://127.0.0.1:1', region: auto, access_key_id: a, secret_access_key: '\${env.MY_SECRET}' }\n`,
      'models/in_view.sql': `/* model\nmaterialized: view\n*/\nselect length(\${${value}}) as n\n`,
      'models/broken.sql': `/* model\nmaterialized: table\n*/\nselect cast(\${${value}} as integer) as n\n`,
      'models/wrong.sql': `/* model\nmaterialized: table\n*/\nselect nope(\${${value}}) as n\n`,
      'models/good.sql': `/* model\nmaterialized: table\n*/\nselect length(\${${value}}) as n\n`,
    });
    const env = { MY_SECRET: secret };
    const outputs: string[] = [];
    for (const args of [
      ['check'],
      ['build'],
      ['compile'],
      ['debug'],
      ['debug', '-t', 'far'],
      ['plan', '--format', 'json'],
    ]) {
      outputs.push((await runEtl(folder, args, env)).output);
    }
    expect(outputs.join('\n')).toContain('The view in_view uses a value of the environment');
    for (const model of ['in_view', 'wrong', 'broken']) rmSync(join(folder, `models/${model}.sql`));
    for (const args of [
      ['build'],
      ['compile'],
      ['build', '--format', 'json', '-f'],
      ['query', 'from good'],
    ]) {
      const result = await runEtl(folder, args, env);
      expect(result.code, result.output).toBe(0);
      outputs.push(result.output);
    }
    for (const output of outputs) expect(output).not.toContain(secret);
    for (const file of filesBelow(folder)) {
      expect(readFileSync(join(folder, file)).includes(secret), file).toBe(false);
    }
  },
  60_000,
);

test.each(ways)(
  'what the engine says of %s, data tests, lists and plans do not show it either',
  async (value) => {
    const table = '/* model\nmaterialized: table\n*/\n';
    const folder = makeProject({
      'etl.yml': `name: s\n${vars}targets:\n  dev: { lake: .etl/lake }\n`,
      'models/broken.sql': `${table}select cast(\${${value}} as integer) as n\n`,
      'models/good.sql': `${table}select length(\${${value}}) as n\n`,
      'models/added.sql': `/* model\nmaterialized: incremental\nstrategy: append\n*/\nselect length(\${${value}}) as m \${when(incremental, sql\`where '' = \${${value}}\`)}\n`,
      'tests/failing.sql': `select n from good where n < length(\${${value}} || 'x')\n`,
      'tests/broken_test.sql': `select n from good where cast(\${${value}} as integer) = n\n`,
    });
    const env = { MY_SECRET: secret };
    for (const [args, wanted] of [
      [['build'], "Could not convert string '***'"],
      [['build', '--format', 'json'], 'n < length('],
      [['show', 'broken'], "Could not convert string '***'"],
      [['show', 'broken', '--format', 'parquet'], "Could not convert string '***'"],
      [['show', 'broken_test', '-n', '3'], "Could not convert string '***'"],
      [['show', '--inline', `select \${${value}}::integer as n`], "Could not convert string '***'"],
      [['ls', '--format', 'json'], 'select length('],
      [['ls', '-s', 'failing', '--format', 'json'], 'n < length('],
      [['plan', '--format', 'json'], 'n < length('],
      [['compile'], ''],
    ] as const) {
      const { output } = await runEtl(folder, args, env);
      expect(output).toContain(wanted);
      expect(output, args.join(' ')).not.toContain(secret);
    }
    for (const file of filesBelow(folder)) {
      expect(readFileSync(join(folder, file)).includes(secret), file).toBe(false);
    }
  },
  60_000,
);
