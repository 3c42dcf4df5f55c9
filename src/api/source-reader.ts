import type { Manifest } from '../ir/manifest.js';
import type { SourceReader } from '../ports/source-reader.js';
import { landingProjection } from '../schema/landing-projection.js';
import { quoteIdentifier } from '../util/sql-quote.js';
import { landingOf } from './landing-of.js';
import { openSeed } from './seed-schemas.js';
import { connectorContext, connectorOf, type SourceEntry } from './source-states.js';
import type { Workspace } from './workspace.js';

const pieceColumn = '_parquetry_piece';

/** Opens the project's source tables and seeds for the runner. */
export function sourceReader(
  workspace: Workspace,
  manifest: Manifest,
  tempDir: string,
  signal: AbortSignal,
  sources: ReadonlyMap<string, SourceEntry>,
): SourceReader {
  const { project } = workspace;
  const context = { ...connectorContext(workspace, signal), tempDir };
  const tableOf = (name: string) => project.sources.find((table) => table.name === name);
  return {
    async open(name, connection, current) {
      const schema = manifest.nodes.get(name)!.schema;
      const table = tableOf(name);
      if (!table) return openSeed(project.seeds.find((seed) => seed.name === name)!, schema, workspace);
      const { found, pieces, narrowed } = sources.get(name) ?? {};
      const { landed, adds } = pieces ? landingOf(table, { pieces, narrowed }, schema, current) : {};
      const landing = landed && { landed, ...(adds && { adds }) };
      const only = adds && new Set(adds);
      const isKeyed = landed?.rule?.key !== undefined;
      const piece = isKeyed && { pieceColumn };
      const reading = { ...context, connection, ...(only && { only }), ...piece };
      const lane = await connectorOf(table).read(table, found ?? schema, reading);
      const { openLane } = await import('../engine/open-lane.js');
      const opened = { ...(await openLane(lane, connection)), ...landing, ...piece };
      if (!found) return opened;
      const list = [
        landingProjection(found, schema),
        ...(isKeyed ? [quoteIdentifier(pieceColumn)] : []),
      ].join(', ');
      return { ...opened, sql: `select ${list} from (\n${opened.sql}\n)` };
    },
    async explain(name, error) {
      const table = tableOf(name);
      if (!table) return undefined;
      const engine = await workspace.openEngine();
      const connection = await engine.connect();
      try {
        return await connectorOf(table).explain(error, table, { ...context, connection });
      } finally {
        connection.close();
      }
    },
  };
}
