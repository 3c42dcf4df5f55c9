import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { LakeSnapshot } from '../ir/commit.js';
import { declaredRenames } from '../ir/declared-renames.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import { isProtected } from '../ir/protection.js';
import type { RunPlan } from '../ir/run-plan.js';
import type { TableVersion } from '../ir/table-version.js';
import { countOf } from '../util/format-units.js';
import { columnNotes, compareColumns, grownOf } from './column-changes.js';

/** Why tables of this plan cannot go on from what they have. */
export function historyErrors(
  manifest: Manifest,
  snapshot: LakeSnapshot,
  plan: RunPlan,
): readonly Diagnostic[] {
  const landsSample = plan.nodes.some(
    ({ name, sample }) => sample !== undefined && manifest.nodes.get(name)!.kind === 'source',
  );
  const dropped = plan.drops.map((name) => ({ name, mode: undefined, reason: undefined, action: 'drop' }));
  return [...plan.nodes, ...dropped].flatMap(({ name, mode, reason, action }) => {
    const node = manifest.nodes.get(name);
    const current = snapshot.tables.get(name);
    if (!node || current?.kind !== 'table' || action === 'reuse' || action === 'inline') return [];
    if (isLost(node, current)) return [replacedError(node, current)];
    if (!mode || !reason) return [];
    if (reason.kind === 'sample-changed') return protectedError(node, current, landsSample);
    if (mode.kind === 'full') return [];
    return [...ledgerErrors(node, current), ...schemaErrors(node, current)];
  });
}

/** Whether rows that cannot be made again would be, in another way. */
function isLost({ config }: ManifestNode, { materialized, rowCount, provenance }: TableVersion): boolean {
  // One that an older version of the tool made does not say how.
  if (materialized === undefined || materialized === config.materialized) return false;
  return rowCount > 0 && provenance.sample === undefined && isProtected(config, materialized);
}

function replacedError(node: ManifestNode, current: TableVersion): Diagnostic {
  const { materialized } = node.config;
  const rows = countOf(current.rowCount, 'row');
  const message = `${node.name} would lose ${rows} that cannot be made again by becoming ${withArticle(materialized)}.`;
  const span = node.configSpans?.materialized;
  const hint =
    current.materialized === 'snapshot'
      ? 'undo the change; or, if they may go, write `full_refresh: true` for one build'
      : 'undo the change; or, if they may go, take `full_refresh: false` out';
  return errorDiagnostic('run/protected', message, { ...(span && { span }), hint });
}

function withArticle(materialized: string): string {
  return /^(ephemeral|incremental)$/.test(materialized) ? materialized : `a ${materialized}`;
}

/** A sample must not take the place of rows that cannot be made again. */
function protectedError(
  node: ManifestNode,
  current: TableVersion,
  landsSample: boolean,
): readonly Diagnostic[] {
  if (!isProtected(node.config) || current.provenance.sample !== undefined) return [];
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
  const changes = compareColumns(node.schema.columns, current.schema.columns, renames);
  const notes = columnNotes(changes);
  const onlyGrew = changes.changed.every(([before, now]) => grownOf(before, now, renames) === now.type);
  const accepted = policy === 'sync_all_columns' || (policy === 'append_new_columns' && onlyGrew);
  if (notes.length === 0 || accepted) return [];
  const span = node.configSpans?.on_schema_change ?? node.configSpans?.materialized;
  const rebuild = isProtected(node.config)
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
