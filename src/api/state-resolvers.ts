import type { SelectResolvers } from '../graph/select.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { SourceTable } from '../ir/project.js';
import type { CompiledProject } from './compile-project.js';
import { landingKey } from './landing-of.js';

/**
 * What `state:` and `source_status:` choose. The state that a project is compared with is the target's lake: a
 * node is new when the lake does not have it, and modified when what it is made of is not what the lake's was.
 */
export function stateResolvers(
  { manifest, sources, storedLogic }: CompiledProject,
  snapshot: LakeSnapshot,
  tables: readonly SourceTable[],
): SelectResolvers {
  const names = [...manifest.nodes.keys()].filter(
    (name) => manifest.nodes.get(name)!.config.materialized !== 'ephemeral',
  );
  const tableOf = new Map(tables.map((table) => [table.name, table]));
  const isNew = (name: string) => !snapshot.tables.has(name);
  const isModified = (name: string) =>
    isNew(name) || snapshot.tables.get(name)!.provenance.logic !== storedLogic(name);
  return {
    state: {
      values: ['new', 'old', 'modified', 'unmodified'],
      resolve(value) {
        if (value === 'new') return new Set(names.filter(isNew));
        if (value === 'old') return new Set(names.filter((name) => !isNew(name)));
        return new Set(names.filter((name) => isModified(name) === (value === 'modified')));
      },
    },
    source_status: {
      values: ['fresher'],
      resolve: () =>
        new Set(
          [...sources].flatMap(([name, entry]) => {
            const current = snapshot.tables.get(name);
            const table = tableOf.get(name);
            const node = manifest.nodes.get(name);
            const key = table && node ? landingKey(table, entry, node.schema, current) : entry.dataKey;
            return current?.provenance.dataKey === key ? [] : [name];
          }),
        ),
    },
  };
}
