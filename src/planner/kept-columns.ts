import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { LakeSnapshot } from '../ir/commit.js';
import { declaredRenames } from '../ir/declared-renames.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import type { RunPlan } from '../ir/run-plan.js';
import type { TableVersion } from '../ir/table-version.js';
import { earlierColumns, grownType, type Renames, sharesFields } from '../schema/carried-columns.js';
import { columnPath } from '../schema/column-path.js';
import type { Column } from '../schema/table-schema.js';
import { countOf } from '../util/format-units.js';
import { isProtectedTable, keepsHistory } from './decide-history.js';
import type { ResolvedNode } from './resolve-ephemerals.js';
import { sampleFinder } from './samples.js';

/**
 * The columns of tables that keep other ones than their query has: with `on_schema_change: ignore` those they had,
 * with `append_new_columns` these and the new ones.
 */
export function keptColumns(
  manifest: Manifest,
  snapshot: LakeSnapshot,
  resolve: (node: ManifestNode) => ResolvedNode,
  { fullRefresh, sample }: { readonly fullRefresh: boolean; readonly sample: string | undefined },
): ReadonlyMap<string, readonly Column[]> {
  const resolved = (name: string) => resolve(manifest.nodes.get(name)!);
  const sampleOf = sampleFinder({ manifest, snapshot, resolved, isActive: () => true, sample });
  const kept = new Map<string, readonly Column[]>();
  for (const node of manifest.nodes.values()) {
    const current = snapshot.tables.get(node.name);
    if (!keepsHistory(node.config) || current?.kind !== 'table') continue;
    const isProtected = isProtectedTable(node.config);
    const isOther = current.provenance.logic !== resolve(node).logic || fullRefresh;
    if ((isOther && !isProtected) || current.provenance.sample !== sampleOf(node.name)) continue;
    const columns = keptColumnsOf(node, current);
    if (columns) kept.set(node.name, columns);
  }
  return kept;
}

function keptColumnsOf(node: ManifestNode, current: TableVersion): readonly Column[] | undefined {
  const policy = node.config.options.on_schema_change;
  if (policy !== 'ignore' && policy !== 'append_new_columns') return undefined;
  const before = current.schema.columns.map(({ name, type }) => ({ name, type }));
  const isIgnored = policy === 'ignore';
  const renames = isIgnored ? {} : declaredRenames(node.config);
  const { added, removed, changed, earlier } = compareColumns(node.schema.columns, before, renames);
  if (added.length + removed.length + changed.length === 0) return undefined;
  const later = new Map([...earlier].map(([column, old]) => [old, column]));
  const kept = before.map((old) => {
    const column = later.get(old);
    if (!column) return old;
    // What shares nothing with what the table has cannot be told apart from a loss.
    if (isIgnored) return sharesFields(column.type, old.type) ? old : { ...old, type: column.type };
    const isRenamed = column.name.toLowerCase() !== old.name.toLowerCase();
    return { name: isRenamed ? column.name : old.name, type: grownOf(old, column, renames) };
  });
  return isIgnored ? kept : [...kept, ...added];
}

function grownOf(old: Column, { name, type }: Column, renames: Renames): string {
  return grownType(old.type, type, columnPath.field('', name), renames);
}

/** Why tables of this plan cannot go on from what they have. */
export function historyErrors(
  manifest: Manifest,
  snapshot: LakeSnapshot,
  plan: RunPlan,
): readonly Diagnostic[] {
  const landsSample = plan.nodes.some(
    ({ name, sample }) => sample !== undefined && manifest.nodes.get(name)!.kind === 'source',
  );
  return plan.nodes.flatMap(({ name, mode, reason }) => {
    const node = manifest.nodes.get(name)!;
    const current = snapshot.tables.get(name);
    if (!mode || current?.kind !== 'table') return [];
    if (reason.kind === 'sample-changed') return protectedError(node, current, landsSample);
    if (mode.kind === 'full') return [];
    return [...ledgerErrors(node, current), ...schemaErrors(node, current)];
  });
}

/** A sample must not take the place of rows that cannot be made again. */
function protectedError(
  node: ManifestNode,
  current: TableVersion,
  landsSample: boolean,
): readonly Diagnostic[] {
  if (!isProtectedTable(node.config) || current.provenance.sample !== undefined) return [];
  const message = `${node.name} holds ${countOf(current.rowCount, 'row')} that cannot be made again, which a sample would replace.`;
  const hint = landsSample
    ? 'build the sample into another target, with --target'
    : `the lake holds a sample of what it reads; land all rows too: etl build -s +${node.name}`;
  return [errorDiagnostic('run/protected', message, { hint })];
}

/** Intervals that nobody counted would all be built, in place of rows that cannot be made again. */
function ledgerErrors(node: ManifestNode, current: TableVersion): readonly Diagnostic[] {
  const { strategy, interval } = node.config.options;
  const grain = current.ledger?.grain;
  if (strategy !== 'time_range' || grain === interval || current.rowCount === 0) return [];
  const rows = countOf(current.rowCount, 'row');
  const why = grain === undefined ? 'were not built by intervals' : `were built by the ${grain}`;
  const span = node.configSpans?.[grain === undefined ? 'strategy' : 'interval'];
  return [
    errorDiagnostic(
      'run/protected',
      `${node.name} holds ${rows} that cannot be made again, which ${why}: going on by the ${interval} would replace them.`,
      {
        ...(span && { span }),
        hint: 'undo the change; or, if the inputs still have all rows, take `full_refresh: false` out for one build',
      },
    ),
  ];
}

function schemaErrors(node: ManifestNode, current: TableVersion): readonly Diagnostic[] {
  const policy = node.config.options.on_schema_change ?? 'fail';
  const renames = declaredRenames(node.config);
  const { added, removed, changed, renamed } = compareColumns(
    node.schema.columns,
    current.schema.columns,
    renames,
  );
  const notes = [
    ...renamed.map(([before, now]) => `${before.name} is ${now.name} now`),
    ...added.map(({ name, type }) => `${name} ${type} is new`),
    ...removed.map(({ name, type }) => `${name} ${type} is gone`),
    ...changed.map(([before, now]) => `${now.name} was ${before.type} and is ${now.type}`),
  ];
  const onlyGrew = changed.every(([before, now]) => grownOf(before, now, renames) === now.type);
  const accepted = policy === 'sync_all_columns' || (policy === 'append_new_columns' && onlyGrew);
  if (notes.length === 0 || accepted) return [];
  const span = node.configSpans?.on_schema_change ?? node.configSpans?.materialized;
  const rebuild = isProtectedTable(node.config)
    ? ''
    : `, or build it anew: etl build -s ${node.name} --full-refresh`;
  return [
    errorDiagnostic('run/schema-changed', `The columns of ${node.name} are not those that its table has.`, {
      ...(span && { span }),
      notes: notes.map((message) => ({ message })),
      hint: `say what becomes of them with \`on_schema_change: append_new_columns\`, \`sync_all_columns\` or \`ignore\`${rebuild}`,
    }),
  ];
}

function compareColumns(now: readonly Column[], before: readonly Column[], renames: Renames) {
  const earlier = earlierColumns(before, now, renames);
  const known = new Set(earlier.values());
  const pairs = [...earlier].map(([column, old]): [Column, Column] => [old, column]);
  return {
    earlier,
    added: now.filter((column) => !earlier.has(column)),
    removed: before.filter((column) => !known.has(column)),
    changed: pairs.filter(([old, column]) => old.type !== column.type),
    renamed: pairs.filter(([old, column]) => old.name.toLowerCase() !== column.name.toLowerCase()),
  };
}
