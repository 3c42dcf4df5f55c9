import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { LakeSnapshot } from '../ir/commit.js';
import type { Manifest } from '../ir/manifest.js';
import type { SourceTable } from '../ir/project.js';
import type { RunPlan } from '../ir/run-plan.js';
import { suggestedCommand } from '../reporters/suggested-command.js';
import { landingOf, lostPieces } from './landing-of.js';
import type { SourceEntry } from './source-states.js';

/** What a landing is held against. */
export interface LandingCheck {
  readonly plan: RunPlan;
  readonly manifest: Manifest;
  readonly snapshot: LakeSnapshot;
  readonly tables: readonly SourceTable[];
  readonly sources: ReadonlyMap<string, SourceEntry>;
}

/** Why sources must not land: rows that no file has any more would be lost, which only `--full-refresh` may do. */
export function landingErrors({
  plan,
  manifest,
  snapshot,
  tables,
  sources,
}: LandingCheck): readonly Diagnostic[] {
  const tableOf = new Map(tables.map((table) => [table.name, table]));
  return plan.nodes.flatMap(({ name, action, reason, sample }) => {
    const table = tableOf.get(name);
    const current = snapshot.tables.get(name);
    const { pieces, narrowed } = sources.get(name) ?? {};
    if (action !== 'land' || reason.kind === 'full-refresh' || !table || !pieces || !current) return [];
    const isSampled = sample !== undefined;
    const { again } = landingOf(table, { pieces, narrowed }, manifest.nodes.get(name)!.schema, current);
    const why = isSampled ? 'a sample takes the place of all that is there' : again;
    const lost = why === undefined || !current.landed ? [] : lostPieces(current.landed, pieces);
    if (lost.length === 0) return [];
    return errorDiagnostic(
      'run/protected',
      `${name} holds rows that none of its files has any more, and they would be lost: ${why}.`,
      {
        span: table.span,
        notes: lost.slice(0, maxNamed).map((path) => ({ message: noteOf(path, pieces.pieces) })),
        hint: isSampled
          ? 'build the sample into another target, with --target'
          : `undo the change, or bring the files back; or do without these rows: ${suggestedCommand(['land', '-s', name, '--full-refresh'])}`,
      },
    );
  });
}

const maxNamed = 5;

function noteOf(path: string, pieces: Readonly<Record<string, string>>): string {
  return Object.hasOwn(pieces, path) ? `${path} had other rows before` : `${path} is gone`;
}
