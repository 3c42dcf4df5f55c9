import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeProcess } from '../../test/support/fake-process.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { commands } from './commands.js';
import { foreignCommands, foreignFlags } from './foreign-commands.js';
import { runCli } from './run-cli.js';

let empty: string;
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'etl-cli-'));
});
afterAll(() => rm(empty, { recursive: true }));

async function run(...argv: string[]) {
  const fake = fakeProcess({ cwd: empty });
  const code = await runCli(argv, fake.around);
  return { code, ...fake.written };
}

describe('help', () => {
  it('lists all commands', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "Usage: etl <command> [flags]

      SQL models over embedded DuckDB, from files to a queryable Parquet lake.

      Flags:
        -V, --version               the version
        -h, --help                  this text, or that of a command

      Start:
        init [folder]               Makes a small project that builds at once.

      Build:
        build                       Lands sources, builds models, tests them and commits what is sound.
        backfill <model>            Builds a stretch of time of a model that is built by intervals.
        retry                       Does again what the last run here left undone.
        watch                       Builds again what every save touches.
        land                        Lands sources only.
        test                        Runs unit tests, and data tests on what the lake holds now.
        check                       Finds everything that is wrong in the project, without running
                                    anything.
        compile                     Writes the SQL that runs, and the manifest.
        plan                        Prints what a build would do, and why.
        pin [tables]                Accepts the columns that the project makes now, and writes the schema
                                    pins.

      Look:
        ls                          Lists nodes: sources, seeds and models.
        query [sql]                 Runs SQL on the tables of the lake.
        show [name]                 Runs a model on its inputs as they are, and stores nothing.
        lineage <name>              Shows which columns a column is made from, and where it goes.
        types                       Writes TypeScript types of the tables, for an application that reads
                                    them with Kysely.
        runs                        Lists the last runs, and what became of them.
        history [table]             Lists the commits of the lake, or of one table.
        intervals [table]           Lists which intervals of time were built, and which lack.
        diff [tables]               Compares tables between commits, versions or targets: columns and
                                    rows.

      Care:
        rollback <commit> [tables]  Makes tables what they were after an earlier commit.
        publish                     Finishes the published folders of what is committed.
        vacuum                      Deletes files that only old commits need.
        clean                       Removes what can be made again, never a lake.
        debug                       Shows versions, paths and whether the lake can be reached.

      etl <command> --help shows flags and examples. Start with etl init.
      "
    `);
  });

  it('shows flags and examples of a command', async () => {
    expect((await run('query', '--help')).stdout).toMatchInlineSnapshot(`
      "Usage: etl query [flags] [sql]

      Runs SQL on the tables of the lake.

      All tables are read as one commit left them, whatever builds meanwhile. CSV, JSON and NDJSON are
      streamed. In JSON numbers keep all their digits, BIGINT and DECIMAL too; in CSV an empty field is
      NULL and "" is empty text. Without an argument the SQL is read from standard input.

      Arguments:
        sql                     any SELECT; tables are named as in models

      Flags:
        --format <form>         table for people; csv, json, ndjson, parquet or arrow for programs
                                (default: table)
        --commit <number>       the lake as an earlier commit left it
        --print-sql <table>     print SQL that reads exactly what a table holds, for any DuckDB (with
                                httpfs for s3://)
        -h, --help              this text, or that of a command

      Project:
        --project-dir <folder>  where etl.yml is looked for, upwards (default: here)
        -t, --target <name>     a target of etl.yml (default: its default_target)
        --vars <values>         replace variables of etl.yml: key=value, or YAML such as '{a: 1}'; may be
                                repeated
        --threads <count>       how many models run at once (default: the cores)

      Output:
        --no-color              no colours (as NO_COLOR does)

      Examples:
        etl query "from orders limit 5"                            # a table in a box
        etl query "select status, count(*) from orders group by all" --format csv > counts.csv  # CSV
        etl query "from orders" --format parquet > orders.parquet  # Parquet; also arrow
        etl query < question.sql                                   # SQL from a file
        etl query --print-sql orders | duckdb                      # the same rows in another DuckDB
      "
    `);
  });

  it('shows the same with the word help', async () => {
    expect(await run('help')).toEqual(await run('--help'));
    expect(await run('help', 'query')).toEqual(await run('query', '--help'));
  });

  it('says each default once', async () => {
    for (const { name } of commands) {
      for (const line of (await run(name, '--help')).stdout.split('\n'))
        expect(line.match(/\(default/g)?.length ?? 0, line).toBeLessThanOrEqual(1);
    }
  });

  it('prints the version', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong usage ends with 2 and says what to do', () => {
  it.each([
    [['bild'], "error: unknown command 'bild'\n(Did you mean build?)\n\netl --help shows how it is used.\n"],
    [
      ['run'],
      "error: unknown command 'run'\nhint: etl build does that.\n\netl --help shows how it is used.\n",
    ],
    [
      ['build', '--selct', 'a'],
      "error: unknown option '--selct'\n(Did you mean --select?)\n\netl build --help shows how it is used.\n",
    ],
    [
      ['build', '--models', 'a'],
      "error: unknown option '--models'\nhint: --select does that.\n\netl build --help shows how it is used.\n",
    ],
    [
      ['plan', '--restate-model', 'a'],
      "error: unknown option '--restate-model'\nhint: etl backfill does that.\n\netl plan --help shows how it is used.\n",
    ],
    [['history', '-m', 'a'], "error: unknown option '-m'\n\netl history --help shows how it is used.\n"],
    [
      ['build', 'orders'],
      "error: too many arguments for 'build'. Expected 0 arguments but got 1.\nhint: models are chosen with --select.\n\netl build --help shows how it is used.\n",
    ],
    [
      ['query', 'from a', '--format', 'jsn'],
      "error: option '--format <form>' argument 'jsn' is invalid. Allowed choices are table, csv, json, ndjson, parquet, arrow.\n\netl query --help shows how it is used.\n",
    ],
    [['build', '--threads', 'many'], 'error: --threads needs a whole number of at least 1, not "many".\n'],
    [
      ['build', '--vars', 'nothing'],
      `error: --vars cannot read "nothing": write key=value, or YAML such as '{key: value}'.\n`,
    ],
    [['query'], 'error: query needs SQL, such as etl query "from orders limit 5".\n'],
    [['query', ' '], 'error: query needs SQL, such as etl query "from orders limit 5".\n'],
    [['query', '/* no; */ ;\n-- SQL'], 'error: query needs SQL, such as etl query "from orders limit 5".\n'],
    [
      ['build', '--threads', '\u001b[31m'],
      'error: --threads needs a whole number of at least 1, not "\\u001b[31m".\n',
    ],
    [['\u001b[31m'], "error: unknown command '\\u001b[31m'\n\netl --help shows how it is used.\n"],
    [
      ['query', 'from', 'a'],
      'error: too many arguments for \'query\'. Expected 1 argument but got 2.\nhint: put the SQL into quotes: etl query "…"\n\netl query --help shows how it is used.\n',
    ],
    [
      ['build', '--empty', '--sample', '10%'],
      'error: --empty and --sample cannot be given together: --empty is a sample without rows.\n',
    ],
    [
      ['--target', 'prod', 'build'],
      "error: unknown option '--target'\nhint: flags stand behind the command, such as etl build --target prod.\n\netl --help shows how it is used.\n",
    ],
    [['test', '--empty'], "error: unknown option '--empty'\n\netl test --help shows how it is used.\n"],
    [['show', '--inline', ' ;'], 'error: show needs the name of a model, or --inline with SQL.\n'],
    [
      ['query', 'from a', '--print-sql', 'b'],
      'error: query takes SQL or --print-sql with a table, not both.\n',
    ],
    [['show'], 'error: show needs the name of a model, or --inline with SQL.\n'],
  ])('%j', async (argv, stderr) => {
    expect(await run(...argv)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('shows help without a command', async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: etl <command> [flags]');
  });

  it('keeps errors of a query as text, whatever form rows have', async () => {
    const { code, stdout, stderr } = await run('query', 'from a', '--format', 'json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^project\/not-found\n {2}There is no etl\.yml in /);
    expect((await run('build', '--format', 'json')).stdout).toMatch(
      /^\{"kind":"diagnostics".*project\/not-found/,
    );
  });

  it('says that etl.yaml is not etl.yml', async () => {
    const folder = await folderOfTest('etl-yaml');
    await writeFile(join(folder, 'etl.yaml'), 'name: x\n');
    const fake = fakeProcess({ cwd: folder });
    expect(await runCli(['check'], fake.around)).toBe(1);
    expect(fake.written.stderr).toContain('hint: rename etl.yaml to etl.yml\n');
  });

  it('fails outside of a project, with nothing to retry too', async () => {
    const { code, stderr } = await run('retry');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^project\/not-found\n/) });
  });

  it('does not write Parquet to a terminal', async () => {
    const fake = fakeProcess({ cwd: empty, isTTY: true });
    expect(await runCli(['query', 'from a', '--format', 'parquet'], fake.around)).toBe(2);
    expect(fake.written.stderr).toBe('error: --format parquet is not for a terminal: add > rows.parquet\n');
  });
});

it('sends people to commands that are there', () => {
  const names = commands.map(({ name }) => name);
  for (const name of Object.values(foreignCommands)) expect(names).toContain(name);
  for (const name of Object.values(foreignFlags)) {
    if (name.startsWith('etl ')) expect(names).toContain(name.slice(4));
  }
});

describe.each(commands.map((command) => [command.name, command] as const))('%s', (_, command) => {
  it('has values under the names that handlers read', () => {
    for (const [key, flag] of Object.entries(command.flags)) {
      const long = /--(?:no-)?([\w-]+)/.exec(flag.flags)![1]!;
      expect(long.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())).toBe(key);
    }
  });

  it('has no letter for two flags', () => {
    const letters = Object.values(command.flags).flatMap(({ flags }) => /^-(\w),/.exec(flags)?.[1] ?? []);
    expect(new Set(letters).size).toBe(letters.length);
  });

  it('has examples that begin with it', () => {
    expect(command.examples.length).toBeGreaterThan(0);
    for (const [text] of command.examples) expect(text).toMatch(new RegExp(`^etl ${command.name}\\b`));
  });
});
