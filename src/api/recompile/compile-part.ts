import type { KnownNodes } from '../../compiler/compile-input.js';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.js';
import type { ManifestNode } from '../../ir/manifest.js';
import type { Project } from '../../ir/project.js';
import { type CompiledProject, compileProject } from '../compile-project.js';
import { reachLake } from '../reach-lake.js';
import type { Workspace } from '../workspace.js';
import { compileKey } from './compile-key.js';
import { reachedBy } from './reached-by.js';
import type { SavedCompile } from './saved-compile.js';
import type { SavedNodes } from './saved-nodes.js';
import { uncertainModels } from './uncertain-models.js';

/** Compiling a larger part is no faster than compiling all. */
export const mostModels = 300;

/** A part of a project, compiled, with nothing wrong in it. */
export interface CompiledPart {
  readonly nodes: readonly ManifestNode[];
  /** Paths of the project's models that are to be compiled each time. */
  readonly uncertain: readonly string[];
  /** About models and tests of the whole project. */
  readonly warnings: readonly Diagnostic[];
  /** All that is to be said, in the order of places. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles the models whose paths are in `part`, and what that turns out to reach, whose paths are added to it: the
 * workspace reads those and no others. Undefined where something is wrong, or more has changed than models.
 */
export async function compilePart(
  first: Workspace,
  part: Set<string>,
  saved: SavedCompile,
  known: SavedNodes,
  firstDiagnostics: readonly Diagnostic[],
): Promise<CompiledPart | undefined> {
  const { value: snapshot } = await reachLake(first, firstDiagnostics);
  if (!snapshot) return undefined;
  first.kept.checksTypes = saved.isTyped;
  let workspace = first;
  let read = firstDiagnostics;
  for (;;) {
    const { project } = workspace;
    const compileOptions = { known: besides(project, known), warnsOfSources: true };
    const { value: compiled, diagnostics } = await compileProject(workspace, snapshot, compileOptions);
    const found = [...read, ...diagnostics];
    if (!compiled || hasErrors(found)) return undefined;
    if (saved.key !== (await compileKey(workspace, compiled, saved.isTyped))) return undefined;
    const isAsBefore = project.models.every(
      ({ name, config }) => config.enabled === (known.indexOf(name) !== undefined),
    );
    const nodes = [...compiled.manifest.nodes.values()].filter(({ kind }) => kind === 'model');
    const { uncertain } = saved.models;
    const reached = isAsBefore ? reachedBy(nodes, known, { isTyped: saved.isTyped, uncertain }) : undefined;
    if (!reached) return undefined;
    const size = part.size;
    for (const name of reached) {
      const { kind, path } = known.get(name)!;
      // A source or seed whose tests read what has changed.
      if (kind !== 'model') return undefined;
      part.add(path);
    }
    if (part.size === size) return finish(workspace, compiled, { nodes, part, found, saved });
    if (part.size > mostModels) return undefined;
    const again = await workspace.reread();
    if (!again.value) return undefined;
    workspace = again.value;
    read = again.diagnostics;
  }
}

/** The nodes that the project's files do not define. */
function besides({ models, seeds, sources }: Project, known: SavedNodes): KnownNodes {
  const own = new Set([...models, ...seeds, ...sources].map(({ name }) => name));
  return {
    names: known.names.filter((name) => !own.has(name)),
    get: (name) => (own.has(name) ? undefined : known.get(name)),
  };
}

interface PartToFinish {
  readonly nodes: readonly ManifestNode[];
  readonly part: ReadonlySet<string>;
  readonly found: readonly Diagnostic[];
  readonly saved: SavedCompile;
}

async function finish(
  { project }: Workspace,
  compiled: CompiledProject,
  { nodes, part, found, saved }: PartToFinish,
): Promise<CompiledPart | undefined> {
  const kept = saved.warnings.filter(({ span }) => !part.has(span!.file));
  const diagnostics = await compiled.checkTypes([...kept, ...found]);
  if (hasErrors(diagnostics)) return undefined;
  const uncertainNow = uncertainModels(project, compiled.manifest, compiled.expansion);
  return {
    nodes,
    uncertain: [...saved.models.uncertain.filter((path) => !part.has(path)), ...uncertainNow],
    warnings: [...kept, ...found.filter(({ span }) => span && part.has(span.file))],
    diagnostics,
  };
}
