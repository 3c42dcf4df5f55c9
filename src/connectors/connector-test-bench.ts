import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { nodeConfig } from '../../test/support/node-config.js';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import { openDuckdb } from '../engine/duckdb.js';
import { openLane } from '../engine/open-lane.js';
import type { PlainValue } from '../ir/plain-value.js';
import type { SourceTable } from '../ir/project.js';
import type { Connector, ConnectorContext } from '../ports/connector.js';
import type { Engine, EngineConnection, EngineRow } from '../ports/engine.js';

export type TableOptions = Readonly<Record<string, PlainValue>> & {
  readonly columns?: Readonly<Record<string, string>>;
};

export interface Landed {
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly EngineRow[];
  readonly rejected: readonly EngineRow[] | undefined;
}

/** A temporary project and a connection, new for every test, to land a source as a run does. */
export function connectorTestBench(connector: Connector) {
  let rootDir: string;
  let engine: Engine;
  let connection: EngineConnection;
  beforeAll(async () => {
    engine = await openDuckdb({ threads: 2 });
  });
  beforeEach(async () => {
    rootDir = await folderOfTest('connector');
    connection = await engine.connect();
  });
  afterEach(() => connection.close());
  afterAll(() => engine.close());

  const bench = {
    get rootDir() {
      return rootDir;
    },
    get connection() {
      return connection;
    },
    context: (): ConnectorContext => ({
      rootDir,
      tempDir: join(rootDir, '.etl', 'tmp'),
      connection,
      signal: new AbortController().signal,
    }),
    async write(path: string, content: string | Uint8Array): Promise<void> {
      await mkdir(dirname(join(rootDir, path)), { recursive: true });
      await writeFile(join(rootDir, path), content);
    },
    async land(options: TableOptions): Promise<Landed> {
      const source = sourceTable(options, connector.name);
      const schema = await connector.describe(source, bench.context());
      const opened = await openLane(await connector.read(source, schema, bench.context()), connection);
      try {
        await connection.run(`create or replace table landed as ${opened.sql}`);
      } catch (error) {
        const diagnostics = await connector.explain(error, source, bench.context());
        throw Object.assign(new Error('not landed', { cause: error }), { diagnostics });
      }
      const rejected = opened.rejects && (await connection.rows(opened.rejects.sql));
      await opened.close();
      const described = await connection.rows('describe landed');
      expect(described.map((row) => [row.column_name, row.column_type])).toEqual(
        schema.columns.map((column) => [column.name, column.type]),
      );
      const types = Object.fromEntries(schema.columns.map((column) => [column.name, column.type]));
      return { types, rows: await connection.rows('from landed'), rejected };
    },
    /** What a person is told when the files cannot be landed: code, message, notes and hint. */
    async complaint(options: TableOptions): Promise<readonly string[]> {
      const error = await bench.land(options).then(
        () => undefined,
        (thrown) => thrown,
      );
      return (error?.diagnostics ?? [{ code: 'no diagnostics', message: String(error) }]).flatMap(
        (d: { code: string; message: string; notes?: { message: string }[]; hint?: string }) => [
          `${d.code} ${d.message}`,
          ...(d.notes ?? []).map((note) => note.message),
        ],
      );
    },
  };
  return bench;
}

const at = { offset: 0, line: 1, column: 1 };

export function sourceTable({ columns = {}, ...options }: TableOptions, connector = 'file'): SourceTable {
  return {
    source: 'shop',
    table: 'orders',
    name: 'shop.orders',
    connector,
    options,
    columnTypes: columns,
    config: nodeConfig({ materialized: 'source' }),
    span: { file: 'sources.yml', start: at, end: at },
    configSpans: {},
  };
}
