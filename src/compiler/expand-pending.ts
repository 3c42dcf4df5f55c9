import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { ExpandedModel, PendingModel } from '../ir/expanded-model.js';
import type { CompileState } from './compile-state.js';
import { toReference } from './draft.js';
import { draftModels } from './draft-models.js';

/** Expands the pending models whose tables are bound; each time at least one model stops waiting. */
export async function expandPending(state: CompileState): Promise<void> {
  const expanded: ExpandedModel[] = [];
  for (const [name, pending] of state.pending) {
    const needs = needsOf(pending, state);
    if (needs.some((need) => !state.schemas.has(need) && !state.failed.has(need))) continue;
    state.pending.delete(name);
    if (needs.some((need) => state.failed.has(need))) {
      state.failed.add(name);
      continue;
    }
    const { model, pending: again, diagnostics } = state.input.retry!(pending.path, state.schemaOf);
    state.report(...diagnostics);
    if (model) {
      expanded.push(model);
    } else if (again && needsOf(again, state).some((need) => !needs.includes(need))) {
      state.pending.set(name, again);
    } else {
      state.failed.add(name);
      if (again) reportUnknownNeeds(again, state);
    }
  }
  await draftModels(expanded, state);
}

/** Expands the pending files under `tests/`, which nothing waits for. */
export function expandPendingTests(state: CompileState): readonly ExpandedModel[] {
  const tests = new Set(state.input.project.tests.map((file) => file.path));
  return (state.input.pending ?? []).flatMap(({ path }) => {
    if (!tests.has(path)) return [];
    const { model, diagnostics } = state.input.retry!(path, state.schemaOf);
    state.report(...diagnostics);
    return model ? [model] : [];
  });
}

/** Nodes that a pending model needs; a name that is none is left to the expansion to refuse. */
export function needsOf({ needs }: PendingModel, { names }: CompileState): readonly string[] {
  return needs.flatMap((need) => names.find(need) ?? []);
}

function reportUnknownNeeds({ name, needs }: PendingModel, { models, names, report }: CompileState): void {
  const { path, text, bodyOffset } = models.get(name)!;
  const span = new LineIndex(text).span(path, bodyOffset);
  for (const need of needs) {
    const resolution = names.resolve(toReference(need));
    if ('name' in resolution) continue;
    const { problem, message, hint } = resolution;
    report(errorDiagnostic(`compile/${problem}`, message, { span, ...(hint && { hint }) }));
  }
}
