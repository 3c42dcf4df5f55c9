import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/diagnostic-error.js';
import { diffRows } from '../../diff/diff-rows.js';
import { findKey } from '../../diff/find-key.js';
import type { DiffSide, RowDiff, TableDiff } from '../../ir/table-diff.js';
import type { TableVersion } from '../../ir/table-version.js';
import { describeChange } from '../../pins/describe-change.js';
import { judge } from '../../schema/compatibility.js';
import { diffSchema, type TableShape } from '../../schema/diff-schema.js';
import { nearest } from '../../util/nearest.js';
import { newId } from '../new-id.js';
import type { ProjectOptions } from '../options.js';
import { withWorkspace } from '../with-workspace.js';
import type { Workspace } from '../workspace.js';
import { type DiffPlace, DiffPlaces, parseDiffRef } from './diff-place.js';
import { type DiffSideInput, type ExistingSide, sharedFiles, sideRows } from './side-rows.js';

export interface DiffOptions extends ProjectOptions {
  /** Default: every table that differs, views left out. */
  readonly tables?: readonly string[];
  /** `12`, `prod`, `prod@12` or the id of a version. Default: what stood before `to`. */
  readonly from?: string | undefined;
  /** Default: what the target has now. */
  readonly to?: string | undefined;
  /** Columns that tell rows apart. Default: what the project says is unique. */
  readonly key?: readonly string[] | undefined;
  /** Rows of each kind to show. */
  readonly sampleCount: number;
}

/** Compares schema and rows of tables between two states of lakes. Throws `DiagnosticError`. */
export function diff(options: DiffOptions): Promise<readonly TableDiff[]> {
  return withWorkspace(options, async (workspace) => {
    const places = new DiffPlaces(workspace);
    const tempDir = join(workspace.paths.temp, `diff-${newId(new Date())}`);
    try {
      return await diffTables(workspace, places, options, tempDir);
    } finally {
      await rm(tempDir, { recursive: true, force: true });
      await places.close();
    }
  });
}

async function diffTables(
  workspace: Workspace,
  places: DiffPlaces,
  options: DiffOptions,
  tempDir: string,
): Promise<readonly TableDiff[]> {
  const { tables = [], from, to } = options;
  const openBoth = async (table: string | undefined) => {
    const ref = (text: string) => parseDiffRef(text, workspace.project.targetNames);
    const toPlace = await places.open(to === undefined ? {} : ref(to), table);
    const fromPlace =
      from === undefined ? await places.openBefore(toPlace, table) : await places.open(ref(from), table);
    return [fromPlace, toPlace] as const;
  };
  const diffs: TableDiff[] = [];
  if (tables.length > 0) {
    for (const table of tables) {
      const [fromPlace, toPlace] = await openBoth(table);
      failOnUnknown(table, fromPlace, toPlace);
      failOnUnknownKey(table, fromPlace, toPlace, options.key ?? []);
      diffs.push(await diffTable(workspace, table, fromPlace, toPlace, options, tempDir));
    }
    return diffs;
  }
  const [fromPlace, toPlace] = await openBoth(undefined);
  for (const table of changedTables(fromPlace, toPlace)) {
    diffs.push(await diffTable(workspace, table, fromPlace, toPlace, options, tempDir));
  }
  return diffs;
}

/**
 * Tables whose rows or columns can differ. A view differs where the tables that it reads do. What another target
 * lacks was not built there, which is no difference.
 */
function changedTables(from: DiffPlace, to: DiffPlace): readonly string[] {
  const known = [...to.snapshot.tables.keys()];
  const names = new Set(from.lake === to.lake ? [...from.snapshot.tables.keys(), ...known] : known);
  return [...names].sort().filter((name) => {
    const [before, after] = [from.snapshot.tables.get(name), to.snapshot.tables.get(name)];
    if (before?.kind !== 'table' && after?.kind !== 'table') return false;
    return (
      before?.provenance.dataKey !== after?.provenance.dataKey ||
      schemaChanges(name, before, after).length > 0
    );
  });
}

async function diffTable(
  workspace: Workspace,
  table: string,
  fromPlace: DiffPlace,
  toPlace: DiffPlace,
  options: DiffOptions,
  tempDir: string,
): Promise<TableDiff> {
  const from = { place: fromPlace, version: fromPlace.version ?? fromPlace.snapshot.tables.get(table) };
  const to = { place: toPlace, version: toPlace.version ?? toPlace.snapshot.tables.get(table) };
  const isSameVersion = fromPlace.lake === toPlace.lake && from.version?.id === to.version?.id;
  const schema = schemaChanges(table, from.version, to.version);
  const compared =
    isSameVersion && to.version?.kind !== 'view'
      ? { rows: noDifferences, notes: [] }
      : exists(from) && exists(to)
        ? await compareRows(workspace, table, from, to, options, tempDir)
        : oneSided(from.version, to.version);
  const { addedCount, removedCount, changedCount } = compared.rows;
  return {
    table,
    from: sideOf(from),
    to: sideOf(to),
    schema,
    ...compared,
    isSame:
      schema.length === 0 &&
      addedCount + removedCount + changedCount === 0 &&
      (from.version === undefined) === (to.version === undefined),
  };
}

const noDifferences: RowDiff = {
  addedCount: 0,
  removedCount: 0,
  changedCount: 0,
  columns: [],
  samples: { added: [], removed: [], changed: [] },
};

function exists(side: DiffSideInput): side is ExistingSide {
  return side.version !== undefined;
}

/** A table that is new or gone: there is nothing to compare. */
function oneSided(from: TableVersion | undefined, to: TableVersion | undefined) {
  const rows = { ...noDifferences, addedCount: to?.rowCount ?? 0, removedCount: from?.rowCount ?? 0 };
  return { rows, notes: [] };
}

async function compareRows(
  workspace: Workspace,
  table: string,
  from: ExistingSide,
  to: ExistingSide,
  { key = findKey(workspace.project, table), sampleCount }: DiffOptions,
  tempDir: string,
) {
  const engine = await workspace.openEngine();
  const connection = await engine.connect();
  const shared = sharedFiles(from, to);
  try {
    return await diffRows({
      connection,
      from: await sideRows(from, shared, engine, tempDir),
      to: await sideRows(to, shared, engine, tempDir),
      key,
      sampleCount,
    });
  } finally {
    connection.close();
  }
}

function schemaChanges(
  table: string,
  from: TableVersion | undefined,
  to: TableVersion | undefined,
): TableDiff['schema'] {
  if (!from || !to) return [];
  return judge(diffSchema(shapeOf(from), shapeOf(to)), 'forward').findings.map((finding) => ({
    class: finding.class,
    message: describeChange(table, finding.change),
  }));
}

/** By name: different lakes may have given different field ids. */
function shapeOf({ schema, partitionBy }: TableVersion): TableShape {
  return { columns: schema.columns.map(({ name, type }) => ({ name, type })), partitionBy };
}

function sideOf({ place, version }: DiffSideInput): DiffSide {
  const at = place.version ? `version ${place.version.id}` : `commit ${place.snapshot.commit}`;
  return {
    label: `${place.target}, ${at}`,
    ...(version && { versionId: version.id }),
    ...(version?.kind === 'table' && { rowCount: version.rowCount }),
  };
}

/** A column that one side has may be new or gone; one that none has is mistyped. */
function failOnUnknownKey(table: string, from: DiffPlace, to: DiffPlace, key: readonly string[]): void {
  const versions = [from, to].map((place) => place.version ?? place.snapshot.tables.get(table));
  const names = versions.flatMap((version) => version?.schema.columns.map(({ name }) => name) ?? []);
  const known = new Set(names.map((name) => name.toLowerCase()));
  const unknown = key.filter((name) => !known.has(name.toLowerCase()));
  if (unknown.length === 0) return;
  throw new DiagnosticError(
    unknown.map((name) => {
      const near = nearest(name, names);
      return errorDiagnostic(
        'compile/unknown-column',
        `${table} has no column "${name}" that could tell its rows apart.`,
        near ? { hint: `did you mean "${near}"?` } : {},
      );
    }),
  );
}

function failOnUnknown(table: string, from: DiffPlace, to: DiffPlace): void {
  if ([from, to].some((place) => place.version ?? place.snapshot.tables.has(table))) return;
  const near = nearest(table, [...from.snapshot.tables.keys(), ...to.snapshot.tables.keys()]);
  throw new DiagnosticError([
    errorDiagnostic(
      'lake/no-table',
      `Neither ${sideOf({ place: from, version: undefined }).label} nor ${sideOf({ place: to, version: undefined }).label} has a table ${table}.`,
      near ? { hint: `did you mean "${near}"?` } : {},
    ),
  ]);
}
