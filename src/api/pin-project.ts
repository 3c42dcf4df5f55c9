import { type Diagnostic, hasErrors, type Outcome } from '../diagnostics/diagnostic.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import { type CheckPinsInput, checkPins, type PinUpdate } from '../pins/check-pins.js';
import { pinnedTable } from '../pins/pinned-table.js';
import { withFieldIds } from '../pins/with-field-ids.js';
import type { Pin } from '../schema/pin.js';
import { type ColumnReaders, columnReaders } from './column-readers.js';
import type { CompiledProject } from './compile-project.js';
import type { Workspace } from './workspace.js';

export interface PinProjectInput extends Pick<CheckPinsInput, 'frozen' | 'accept'> {
  readonly compiled: CompiledProject;
  readonly snapshot: LakeSnapshot;
  /** Names of the nodes that are built, and of pins to look at besides; other pins are left alone. */
  readonly active: ReadonlySet<string>;
  /** True when nothing was left out: only then can a pin be of a table that is gone. */
  readonly wholeProject: boolean;
}

export interface PinnedProject {
  /** Pinned nodes carry the field ids of their pins. */
  readonly manifest: Manifest;
  /** Pin files to be written before anything that carries their ids. */
  readonly updates: readonly PinUpdate[];
  /** Every pin as it is after the updates. */
  readonly pins: ReadonlyMap<string, Pin>;
}

/** Holds published tables and landed sources against their pins, before anything runs. Touches nothing. */
export async function pinProject(
  workspace: Workspace,
  input: PinProjectInput,
): Promise<Outcome<PinnedProject>> {
  const { compiled, snapshot, active, wholeProject, frozen, accept } = input;
  const { manifest, sources } = compiled;
  const problems = new Map<string, readonly Diagnostic[]>();
  for (const [name, entry] of sources) {
    if (active.has(name) && hasErrors(entry.problems ?? [])) problems.set(name, entry.problems!);
  }
  const nodes = [...manifest.nodes.values()].filter((node) => active.has(node.name) && isPinned(node));
  const tables = nodes
    .filter((node) => !problems.has(node.name))
    .map((node) => pinnedTable(node, snapshot.tables.get(node.name)));
  const pins = new Map(
    [...compiled.pins].filter(([table]) => !problems.has(table) && (wholeProject || active.has(table))),
  );
  const check = (consumers: ColumnReaders) =>
    checkPins({ tables, pins, defaultMode: 'forward', frozen, ...(accept && { accept }), consumers });
  const asked = new Set<string>();
  const first = check((table) => {
    asked.add(table);
    return [];
  });
  // Readers are looked for only when there is something to tell them.
  const checked = asked.size === 0 ? first : check(await columnReaders(workspace, manifest, asked));
  return {
    value: { manifest: withPins(manifest, checked.pins), updates: checked.updates, pins: checked.pins },
    diagnostics: [...[...problems.values()].flat(), ...checked.diagnostics],
  };
}

/** Others rely on the columns of published tables, and models on those of landed sources. */
export function isPinned({ kind, config }: ManifestNode): boolean {
  return kind === 'source' || config.publish;
}

function withPins(manifest: Manifest, pins: ReadonlyMap<string, Pin>): Manifest {
  const nodes = new Map(manifest.nodes);
  for (const [name, node] of nodes) {
    const pin = pins.get(name);
    if (pin) nodes.set(name, { ...node, schema: withFieldIds(node.schema, pin) });
  }
  return { ...manifest, nodes };
}
