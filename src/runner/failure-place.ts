import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import { mapSpan } from '../ir/map-span.js';
import { printableMessage, printableSql } from '../ir/printable-sql.js';
import type { EngineError } from '../ports/engine.js';
import { utf16Offset } from '../util/utf16-offset.js';
import type { RunContext } from './run-context.js';

type Place = Pick<Diagnostic, 'span' | 'excerpt' | 'notes'>;
type Written = Required<Pick<ManifestNode, 'name' | 'path' | 'sql' | 'segments'>>;

/** A model whose SQL the engine may mean, and where in it. */
interface Candidate {
  readonly model: Written;
  readonly at: number;
}

/**
 * Where the engine saw that a model's query fails. It counts in the statement that it was given, or in that of a
 * view which the query reads, and does not say in which; where that cannot be told, the place is the query's beginning.
 */
export function failurePlace(node: ManifestNode, error: EngineError, context: RunContext): Place | undefined {
  const own = writtenForms(node);
  const views = viewsBelow(node, context);
  const candidates = [
    ...own.flatMap((model) => candidateIn(model, error.details.sql, error)),
    ...views.flatMap((model) => candidateIn(model, context.session.definitionOf(model.name), error)),
  ];
  const isSure = views.length === 0 && node.usesMacros.length === 0;
  const [found, ...others] = isSure
    ? candidates
    : candidates.filter((candidate) => isLikely(candidate, error, node.usesMacros));
  if (!found || others.length > 0) return own[0] && beginning(own[0], context);
  const { model, at } = found;
  const text = context.readFile(model.path);
  if (text === undefined) return undefined;
  const { span, insideExpression } = mapSpan(model, text, at, at + 1);
  const sql = printableSql(model);
  const excerpt = { title: `expanded SQL of ${model.name}`, text: sql, start: at, end: at + 1 };
  const isOwn = model.name === node.name;
  return {
    span,
    ...(insideExpression && { excerpt }),
    ...(!isOwn && { notes: [{ message: `${node.name} reads ${model.name}` }] }),
  };
}

/** What the engine says of a model's query, without values of the environment that stand in it. */
export function printableFailure(node: ManifestNode, error: EngineError, context: RunContext): string {
  return printableMessage(error.message, [...writtenForms(node), ...viewsBelow(node, context)]);
}

/** The SQL of a full build, and that of a run which only adds to the table. */
function writtenForms(node: ManifestNode): readonly Written[] {
  const { name, path, sql, segments, incremental } = node;
  return [{ sql, segments }, incremental].flatMap((form) =>
    form?.sql !== undefined && form.segments ? [{ name, path, sql: form.sql, segments: form.segments }] : [],
  );
}

/** Views and ephemeral models that the node reads without a table between. */
function viewsBelow({ inputs }: ManifestNode, { manifest }: RunContext): readonly Written[] {
  const views = new Map<string, Written>();
  const pending = [...inputs];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const input = manifest.nodes.get(name);
    const isView = input?.config.materialized === 'view' || input?.config.materialized === 'ephemeral';
    if (!isView || views.has(name)) continue;
    for (const written of writtenForms(input)) views.set(name, written);
    pending.push(...input.inputs);
  }
  return [...views.values()];
}

function candidateIn(
  model: Written,
  statement: string | undefined,
  { details }: EngineError,
): readonly Candidate[] {
  if (details.byteOffset === undefined || statement === undefined) return [];
  const start = statement.indexOf(model.sql);
  const at = utf16Offset(statement, details.byteOffset) - start;
  return start < 0 || at < 0 || at >= model.sql.length ? [] : [{ model, at }];
}

/** Whether an error of this kind can be about what stands there. */
function isLikely({ model, at }: Candidate, { kind }: EngineError, macros: readonly string[]): boolean {
  const behind = model.sql.slice(at);
  const word = /^\w+/.exec(behind)?.[0].toLowerCase();
  if (macros.some((macro) => macro.toLowerCase() === word)) return true;
  return kind === 'conversion' && (behind.startsWith('::') || word === 'cast' || word === 'try_cast');
}

function beginning(model: Written, context: RunContext): Place | undefined {
  const text = context.readFile(model.path);
  if (text === undefined) return undefined;
  const first = Math.max(0, model.sql.search(/\S/));
  return { span: mapSpan(model, text, first, first + 1).span };
}
