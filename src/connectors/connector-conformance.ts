import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { memoryMemo } from '../../test/support/memory-memo.js';
import type { Connector } from '../ports/connector.js';
import type { EngineConnection, EngineRow } from '../ports/engine.js';
import { storedType } from '../schema/stored-type.js';
import { connectorTestBench, sourceTable, type TableOptions } from './connector-test-bench.js';
import { connectors } from './registry.js';

/** A table of a connector, with what it must give. */
export interface ConnectorCase {
  readonly title: string;
  readonly options: TableOptions;
  /** Writes what the table reads, in a new project folder. */
  setUp(bench: ReturnType<typeof connectorTestBench>): Promise<void>;
  /** Changes what the table reads, so that it has other rows. */
  change(bench: ReturnType<typeof connectorTestBench>): Promise<void>;
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly EngineRow[];
  /** What it must say has no value. Default: nothing. */
  readonly untyped?: readonly string[];
}

/** What every connector must do; each is held against it by one call in a test. */
export function describeConnector(
  connector: Connector,
  cases: readonly ConnectorCase[],
  unreadable: TableOptions,
): void {
  const bench = connectorTestBench(connector);
  const noEngine = new Proxy({} as EngineConnection, {
    get: (_, name) => expect.fail(`uses the engine: ${String(name)}`),
  });

  describe(`connector ${connector.name}`, () => {
    test('is registered under its own name', () => {
      expect(Object.entries(connectors)).toContainEqual([connector.name, connector]);
    });

    test.each([
      ['source', connector.sourceOptions],
      ['table', connector.tableOptions],
    ])('describes every key of a %s, and takes no others', (_, schema) => {
      const { properties, additionalProperties } = z.toJSONSchema(schema, { io: 'input' });
      expect(additionalProperties).toBe(false);
      for (const [key, property] of Object.entries(properties ?? {}))
        expect(property, key).toHaveProperty('description', expect.stringMatching(/\.$/));
    });

    test('has nothing to say about an error that is not the source’s', async () => {
      const [first] = cases;
      await first!.setUp(bench);
      const table = sourceTable(first!.options, connector.name);
      expect(await connector.explain(new Error('a bug'), table, bench.context())).toBeUndefined();
    });

    test('says what cannot be read as diagnostics with a place', async () => {
      const table = sourceTable(unreadable, connector.name);
      await expect(
        (async () => {
          await connector.inspect(table, bench.context());
          await connector.describe(table, bench.context());
        })(),
      ).rejects.toMatchObject({
        name: 'DiagnosticError',
        diagnostics: [{ severity: 'error', span: { file: 'sources.yml' } }],
      });
    });

    describe.each(cases)('$title', ({ options, setUp, change, types, rows, untyped }) => {
      test('lands the rows with the columns that it described, and leaves nothing in the session', async () => {
        await setUp(bench);
        expect(await bench.land(options)).toMatchObject({ types, rows });
        expect((await bench.land(options)).rows).toEqual(rows);
        for (const type of Object.values(types)) expect(storedType(type)).toEqual({ type });
        const left = await bench.connection.rows('select table_name from duckdb_tables() where temporary');
        expect(left).toEqual([]);
      });

      test('has one key for the same rows, known or not, and another when they change', async () => {
        await setUp(bench);
        const table = sourceTable(options, connector.name);
        const context = { ...bench.context(), connection: noEngine, memo: memoryMemo() };
        const { dataKey, inputs } = await connector.inspect(table, context);
        expect(inputs.length).toBeGreaterThan(0);
        expect((await connector.inspect(table, context)).dataKey).toBe(dataKey);
        expect((await connector.inspect(table, { ...context, memo: memoryMemo() })).dataKey).toBe(dataKey);
        await change(bench);
        expect((await connector.inspect(table, context)).dataKey).not.toBe(dataKey);
        expect((await bench.land(options)).rows).not.toEqual(rows);
      });

      test('describes what the memo knows without the engine', async () => {
        await setUp(bench);
        const table = sourceTable(options, connector.name);
        const context = { ...bench.context(), memo: memoryMemo() };
        const schema = await connector.describe(table, context);
        expect(schema.untyped).toEqual(untyped);
        expect(await connector.describe(table, { ...context, connection: noEngine })).toEqual(schema);
      });
    });
  });
}
