import { type Diagnostic, hasErrors, type Outcome } from '../diagnostics/diagnostic.js';
import type { Manifest, ManifestNode, ManifestTest } from '../ir/manifest.js';
import { type CompiledProject, type CompileOptions, compileProject } from './compile-project.js';
import type { ProjectOptions, SelectionOptions } from './options.js';
import { pinProject } from './pin-project.js';
import type { ProjectPaths } from './project-paths.js';
import { emptyLake, reachLake } from './reach-lake.js';
import { selectParts } from './select-nodes.js';
import { selectResolvers } from './select-resolvers.js';
import { stateOf, withState } from './state-lake.js';
import { warmTypes } from './warm-types.js';
import { openWorkspace, type Workspace } from './workspace.js';

export interface CheckOptions extends ProjectOptions, SelectionOptions {
  /** Also fails where a schema pin does not say what the project makes. Default: only where a change breaks it. */
  readonly frozen?: boolean | undefined;
}

/**
 * Reports everything that is wrong with a project, in one go, without running any of it. With a selection, what is
 * wrong in the files of other nodes is left out.
 */
export async function check({
  frozen = false,
  ...options
}: CheckOptions): Promise<Outcome<Manifest | undefined>> {
  let others: ReadonlySet<string> = new Set();
  const { value, diagnostics } = await withCompiled(
    { ...options, types: true, pins: { frozen } },
    async ({ compiled: { manifest }, chosen }) => {
      const paths = new Set(chosen.map((node) => node.path));
      others = new Set(
        [...manifest.nodes.values()].map((node) => node.path).filter((path) => !paths.has(path)),
      );
      return manifest;
    },
  );
  return { value, diagnostics: diagnostics.filter(({ span }) => !span || !others.has(span.file)) };
}

/** A project that was compiled, and what of it is chosen. */
export interface CompiledSelection {
  readonly workspace: Workspace;
  readonly compiled: CompiledProject;
  /** In DAG order. */
  readonly chosen: readonly ManifestNode[];
  readonly tests: readonly ManifestTest[];
  /** What is wrong with the project, its TypeScript included, but for its schema pins. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles a project, checks types of its TypeScript and schema pins where asked to, and hands on what that gave; what
 * is wrong comes beside the result.
 */
export async function withCompiled<T>(
  options: ProjectOptions &
    SelectionOptions & {
      readonly types?: boolean;
      readonly pins?: { readonly frozen: boolean };
      /** Told where the project is, before it is compiled: what then hears of models. */
      readonly onBound?: (paths: ProjectPaths) => CompileOptions['onBound'];
    },
  action: (found: CompiledSelection) => Promise<T>,
): Promise<Outcome<T | undefined>> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  if (!workspace) return { value: undefined, diagnostics };
  try {
    const reached = await reachLake(workspace, diagnostics);
    const snapshot = reached.value ?? emptyLake;
    const state = await stateOf(workspace, options);
    if (options.types) await warmTypes(workspace);
    const compiled = await compileProject(workspace, withState(snapshot, state), {
      warnsOfSources: options.types,
      onBound: options.onBound?.(workspace.paths),
    });
    const found = [...diagnostics, ...reached.diagnostics, ...compiled.diagnostics];
    if (!compiled.value) return { value: undefined, diagnostics: found };
    const all = options.types ? await compiled.value.checkTypes(found) : found;
    if (!reached.value) return { value: undefined, diagnostics: all };
    const { manifest } = compiled.value;
    const resolvers = await selectResolvers(workspace, compiled.value, state?.snapshot ?? snapshot);
    const selected = selectParts(manifest, options, resolvers);
    // A node that does not compile cannot be chosen: its own error says enough.
    const missed = selected.diagnostics.filter(({ severity }) => severity === 'error' || !hasErrors(all));
    const { nodes, tests } = selected.value;
    const chosen = [...manifest.nodes.values()].filter((node) => nodes.has(node.name));
    const pinned =
      options.pins && !hasErrors(found)
        ? await pinProject(workspace, {
            compiled: compiled.value,
            snapshot,
            active: nodes,
            wholeProject: chosen.length === manifest.nodes.size,
            ...options.pins,
          })
        : undefined;
    return {
      value: await action({ workspace, compiled: compiled.value, chosen, tests, diagnostics: all }),
      diagnostics: [...all, ...missed, ...(pinned?.diagnostics ?? [])],
    };
  } finally {
    await workspace.close();
  }
}
