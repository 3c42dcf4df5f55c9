import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { Manifest, ManifestTest } from '../ir/manifest.js';
import type { RunPlan } from '../ir/run-plan.js';
import { suggestedCommand } from '../reporters/suggested-command.js';
import { countOf } from '../util/format-units.js';

const shownNames = 5;

/** Says which chosen tests a run leaves out, since the lake does not have what they read, nor the run makes it. */
export function unrunTests(
  chosen: readonly ManifestTest[],
  plan: RunPlan,
  snapshot: LakeSnapshot,
  manifest: Manifest,
): readonly Diagnostic[] {
  const planned = new Set(plan.tests.map(({ test }) => test.name));
  const made = new Set(plan.nodes.map(({ name }) => name));
  const unrun = chosen.filter(({ name }) => !planned.has(name));
  const isMissing = (name: string) => !snapshot.tables.has(name) && !made.has(name);
  const missing = [...new Set(unrun.flatMap(({ reads }) => tablesOf(reads, manifest)))].filter(isMissing);
  if (missing.length === 0) return [];
  const more = missing.length > shownNames ? ` and ${missing.length - shownNames} more` : '';
  const what = `${countOf(unrun.length, 'test')} cannot run: the lake has no ${missing.slice(0, shownNames).join(', ')}${more}.`;
  const command = suggestedCommand(['build', '--select', ...missing.slice(0, shownNames)]);
  const hint = `build ${missing.length === 1 ? 'it' : 'them'} first: ${command}`;
  return [warningDiagnostic('lake/no-table', what, { hint })];
}

/** Ephemeral models stand for what they read. */
function tablesOf(names: readonly string[], manifest: Manifest): readonly string[] {
  return names.flatMap((name) => {
    const node = manifest.nodes.get(name);
    return node?.config.materialized === 'ephemeral' ? tablesOf(node.inputs, manifest) : [name];
  });
}
