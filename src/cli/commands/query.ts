import { defineCommand, type Flag, UsageError } from '../command.js';
import { outputFlags, projectFlags, wholeNumber } from '../flags.js';
import { holdsSql } from '../holds-sql.js';
import { projectOptions } from '../project-options.js';
import { rowFlags, writeRows } from '../rows.js';

export const query = defineCommand({
  name: 'query',
  group: 'Look',
  summary: 'Runs SQL on the tables of the lake.',
  description:
    'All tables are read as one commit left them, whatever builds meanwhile. CSV, JSON and NDJSON are streamed. ' +
    'In JSON numbers keep all their digits, BIGINT and DECIMAL too; in CSV an empty field is NULL and "" is ' +
    'empty text. Without an argument the SQL is read from standard input.',
  arguments: [{ name: '[sql]', help: 'any SELECT; tables are named as in models' }],
  flags: {
    ...rowFlags,
    commit: {
      flags: '--commit <number>',
      help: 'the lake as an earlier commit left it',
      parse: (text) => wholeNumber(text, '--commit', 0),
    } as Flag<number | undefined>,
    printSql: {
      flags: '--print-sql <table>',
      help: 'print SQL that reads exactly what a table holds, for any DuckDB (with httpfs for s3://)',
    } as Flag<string | undefined>,
    ...projectFlags,
    color: outputFlags.color,
  },
  examples: [
    ['etl query "from orders limit 5"', 'a table in a box'],
    ['etl query "select status, count(*) from orders group by all" --format csv > counts.csv', 'CSV'],
    ['etl query "from orders" --format parquet > orders.parquet', 'Parquet; also arrow'],
    ['etl query < question.sql', 'SQL from a file'],
    ['etl query --print-sql orders | duckdb', 'the same rows in another DuckDB'],
  ],
  async run({ args, flags, cli }) {
    if (flags.printSql !== undefined) {
      if (args[0] !== undefined)
        throw new UsageError('query takes SQL or --print-sql with a table, not both.');
      const { sqlOfTable } = await import('../../api/index.js');
      const options = await projectOptions(flags, cli);
      cli.stdout.write(await sqlOfTable({ ...options, table: flags.printSql, commit: flags.commit }));
      return 0;
    }
    const sql = args[0] ?? (await readStdin(cli.stdin));
    if (!holdsSql(sql)) throw new UsageError('query needs SQL, such as etl query "from orders limit 5".');
    const options = { ...(await projectOptions(flags, cli)), sql, commit: flags.commit };
    return writeRows(cli, flags.format, {
      async rows() {
        const { query } = await import('../../api/index.js');
        return query(options);
      },
      async file(format) {
        const { exportQuery } = await import('../../api/index.js');
        return exportQuery({ ...options, format });
      },
    });
  },
});

async function readStdin(
  stdin: AsyncIterable<Uint8Array | string> & { isTTY?: boolean | undefined },
): Promise<string> {
  if (stdin.isTTY) throw new UsageError('query needs SQL, such as etl query "from orders limit 5".');
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks).toString('utf8');
}
