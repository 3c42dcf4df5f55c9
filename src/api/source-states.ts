import { connectors } from '../connectors/registry.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { lazyConnection } from '../engine/lazy-connection.js';
import type { SourceTable } from '../ir/project.js';
import type { LandedPieces } from '../ir/table-version.js';
import type { Connector, ConnectorContext } from '../ports/connector.js';
import { sharedSignal } from '../ports/interruption.js';
import type { TableSchema } from '../schema/table-schema.js';
import { hash } from '../util/hash.js';
import { mapConcurrently } from '../util/map-concurrently.js';
import { landingRule } from './landing-rule.js';
import type { Workspace } from './workspace.js';

/** A source table as its files are now. */
export interface SourceEntry {
  /** Changes when its rows or its columns do. */
  readonly dataKey: string;
  readonly schema: TableSchema;
  /** Paths of what has no value in any row, so that the schema only guesses its type. */
  readonly untyped?: readonly string[];
  /** The columns that the source has, where others are landed. */
  readonly found?: TableSchema;
  /** Set where what is landed holds less than the source has. */
  readonly narrowed?: true;
  /** What its schema pin has against it: matters when it is to be landed. */
  readonly problems?: readonly Diagnostic[];
  /** Where parts of it can be read by themselves: what they are. */
  readonly pieces?: LandedPieces;
}

export interface SourceStates {
  readonly entries: ReadonlyMap<string, SourceEntry>;
  /** Why a table cannot be read, by name. */
  readonly failures: ReadonlyMap<string, readonly Diagnostic[]>;
}

export function connectorOf(table: SourceTable): Connector {
  const connector = (connectors as Readonly<Record<string, Connector>>)[table.connector];
  if (!connector) throw new Error(`No connector is named ${table.connector}.`);
  return connector;
}

/** What a connector works with. The engine opens only when something is not remembered. */
export function connectorContext(
  workspace: Workspace,
  signal: AbortSignal = sharedSignal(workspace.options.signal),
): ConnectorContext {
  return {
    rootDir: workspace.paths.root,
    tempDir: workspace.paths.temp,
    signal,
    memo: workspace.memo,
    connection: lazyConnection(async () => (await workspace.openEngine()).connect(signal)),
  };
}

/** Looks at all source tables: what state they are in and which columns they have. */
export async function sourceStates(workspace: Workspace): Promise<SourceStates> {
  const entries = new Map<string, SourceEntry>();
  const failures = new Map<string, readonly Diagnostic[]>();
  const context = connectorContext(workspace);
  await mapConcurrently(workspace.project.sources, 4, async (table) => {
    if (table.isBroken) {
      failures.set(table.name, []);
      return;
    }
    try {
      const connector = connectorOf(table);
      const state = await connector.inspect(table, context);
      const { untyped, ...schema } = await connector.describe(table, context);
      const columns = schema.columns.flatMap((column) => [column.name, column.type]);
      const { pieces } = state;
      const rule = landingRule(table.config);
      const dataKey = hash(
        'source',
        state.dataKey,
        ...columns,
        ...(rule ? ['rule', JSON.stringify(rule)] : []),
      );
      entries.set(table.name, { dataKey, schema, ...(untyped && { untyped }), ...(pieces && { pieces }) });
    } catch (thrown) {
      if (!(thrown instanceof DiagnosticError)) throw thrown;
      failures.set(table.name, thrown.diagnostics);
    }
  });
  context.connection.close();
  return { entries, failures };
}
