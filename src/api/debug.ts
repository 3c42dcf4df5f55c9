import { availableParallelism, totalmem } from 'node:os';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { packageVersion } from '../util/package-version.js';
import type { ProjectOptions } from './options.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** What somebody who helps wants to know. Never holds a secret. */
export interface DebugReport {
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly platform: string; readonly cores: number; readonly memoryBytes: number };
  readonly project?: {
    readonly name: string;
    readonly root: string;
    readonly target: string;
    readonly targets: readonly string[];
    readonly threads: number;
    readonly memoryLimit: string;
    readonly counts: Readonly<Record<string, number>>;
  };
  readonly lake?: {
    readonly url: string;
    readonly reachable: boolean;
    readonly commit?: number;
    readonly tableCount?: number;
  };
  readonly diagnostics: readonly Diagnostic[];
}

/** Looks at the installation, the project and the lake. */
export async function debug(options: ProjectOptions): Promise<DebugReport> {
  const { value: workspace, diagnostics } = await openWorkspace(options);
  const machine = {
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
  const versions = {
    parquetry: packageVersion(),
    node: process.versions.node,
    duckdb: await engineVersion(),
  };
  if (!workspace) return { versions, machine, diagnostics };
  try {
    const { project, paths } = workspace;
    const lake = await lookAtLake(workspace);
    return {
      versions,
      machine,
      project: {
        name: project.name,
        root: paths.root,
        target: project.target.name,
        targets: project.targetNames,
        threads: workspace.concurrency,
        memoryLimit: project.engine.memoryLimit ?? '75 % of the memory',
        counts: {
          sources: project.sources.length,
          seeds: project.seeds.length,
          models: project.models.length,
          tests: project.tests.length + project.unitTests.length,
          macros: project.macros.length + project.sqlMacros.length,
        },
      },
      lake: lake.report,
      diagnostics: [...new Set([...diagnostics, ...lake.diagnostics])],
    };
  } finally {
    await workspace.close();
  }
}

async function engineVersion(): Promise<string> {
  const { openDuckdb } = await import('../engine/duckdb.js');
  const engine = await openDuckdb();
  const connection = await engine.connect();
  const [row] = await connection.rows('select version() as version');
  connection.close();
  engine.close();
  return String(row!.version);
}

async function lookAtLake(workspace: Workspace) {
  const url = workspace.project.target.lake;
  try {
    const lake = await workspace.lake();
    const snapshot = await lake.snapshot();
    const report = {
      url: lake.storage.url,
      reachable: true,
      commit: snapshot.commit,
      tableCount: snapshot.tables.size,
    };
    return { report, diagnostics: [] };
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError)) throw thrown;
    return { report: { url, reachable: false }, diagnostics: thrown.diagnostics };
  }
}
