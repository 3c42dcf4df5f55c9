import type { ExpandedModel } from '../ir/expanded-model.js';
import { rememberedOf } from '../util/remembered-of.js';
import type { CompileState } from './compile-state.js';
import { type Draft, type DraftedQuery, draftQuery, statementOf } from './draft.js';
import type { Statement } from './parse-sql.js';

const statementsOf = rememberedOf<ExpandedModel, Statement>();
const draftsOf = rememberedOf<ExpandedModel, DraftedQuery>();

/** Parses models and finds out what they name; what they become in runs that only add to their table, too. */
export async function draftModels(models: readonly ExpandedModel[], state: CompileState): Promise<void> {
  await draftInto(state.drafts, models, state);
  const variants: ExpandedModel[] = [];
  for (const model of models) {
    if (!state.drafts.has(model.name)) continue;
    const expanded = state.input.expandIncremental?.(model, state.schemaOf);
    if (!expanded) continue;
    state.report(...expanded.diagnostics);
    if (!expanded.model) state.failed.add(model.name);
    else if (expanded.model.sql !== model.sql) variants.push(expanded.model);
  }
  await draftInto(state.variants, variants, state);
}

async function draftInto(
  drafts: Map<string, Draft>,
  models: readonly ExpandedModel[],
  state: CompileState,
): Promise<void> {
  if (models.length === 0) return;
  const statements = models.map((model) =>
    statementsOf(model, '', () => statementOf(model, state.models.get(model.name))),
  );
  const parsed = await state.parse(statements);
  const { names, macros } = state;
  const around = `${names.key} ${macros.key}`;
  for (const [i, model] of models.entries()) {
    const { draft, diagnostics } = draftsOf(model, around, () => {
      const { text } = state.models.get(model.name)!;
      return draftQuery(model, text, statements[i]!, parsed[i]!, names, macros);
    });
    state.report(...diagnostics);
    if (draft) drafts.set(model.name, draft);
    else state.failed.add(model.name);
  }
}
