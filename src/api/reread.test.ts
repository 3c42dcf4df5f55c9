import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeProject, writeFiles } from '../../test/support/cli.js';
import {
  applyEdit,
  projectFiles,
  type RandomProject,
  randomEdits,
  randomModels,
} from '../../test/support/random-project.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { LakeSnapshot } from '../ir/commit.js';
import { compileProject } from './compile-project.js';
import { openWorkspace, type Workspace } from './workspace.js';

const emptyLake: LakeSnapshot = { commit: 0, tables: new Map() };

/** Half-typed files and wrong values, beside the edits that leave a project whole. */
const breakages: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'models/m0.sql': 'select ${nothing} as v' },
  { 'models/m0.sql': 'select v from m_unknown' },
  { 'models/m0.sql': 'select' },
  { 'models/m0.sql': "select ${scale('v')} from ${ref('s.t')} where ${1}" },
  { 'macros/scale.ts': 'export const scale = (' },
  { 'macros/scale.ts': "import { sql } from 'parquetry';\nexport const other = () => sql`1`;\n" },
  { 'sources.yml': 'sources: {}' },
];

test('a project that is read again compiles to what a process that never saw it makes of it', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomModels,
      fc.array(fc.tuple(randomEdits, fc.nat({ max: breakages.length - 1 })), { minLength: 2, maxLength: 5 }),
      async (models, rounds) => {
        let project: RandomProject = {
          models: models.map((model) => ({ ...model, comment: 0 })),
          source: [1],
          seed: [7],
          factor: 2,
          bonus: 1,
        };
        const root = makeProject(projectFiles(project));
        const workspace = await open(root);
        await found(workspace);
        for (const [edits, breakage] of rounds) {
          project = edits.reduce(applyEdit, project);
          writeFiles(root, { ...projectFiles(project), ...breakages[breakage] });
          const { value, diagnostics } = await workspace.reread();
          const fresh = await open(makeProject({ ...projectFiles(project), ...breakages[breakage] }));
          expect(await found(value!, diagnostics)).toEqual(await found(fresh));
          await fresh.close();
        }
        await workspace.close();
      },
    ),
    { numRuns: Number(process.env.ETL_PROPERTY_RUNS ?? 8) },
  );
}, 300_000);

test('macros that ask for the time are run again, those that only compute are not', async () => {
  const model = (expression: string) => `/* model\nmaterialized: table\n*/\nselect \${${expression}} as n`;
  const root = makeProject({
    'etl.yml': 'name: times\n',
    'macros/count.ts': `let count = 0;\nexport const counted = () => ++count;\n`,
    'models/pure.sql': model('counted()'),
    'models/timed.sql': model('counted() + Date.now() * 0'),
  });
  const workspace = await open(root);
  const sqlOf = async (of: Workspace) => {
    const { value } = await compileProject(of, emptyLake);
    return ['pure', 'timed'].map((name) => value!.manifest.nodes.get(name)!.sql!.match(/\d+/)![0]);
  };
  expect(await sqlOf(workspace)).toEqual(['1', '2']);
  expect(await sqlOf((await workspace.reread()).value!)).toEqual(['1', '3']);
  await workspace.close();
});

async function open(projectDir: string): Promise<Workspace> {
  const { value } = await openWorkspace({ projectDir, typeCheck: false });
  return value!;
}

/** What compiling finds, without the folder that the project lies in. */
async function found(workspace: Workspace, read: readonly Diagnostic[] = []) {
  const { value, diagnostics } = await compileProject(workspace, emptyLake);
  const { nodes, tests, failed } = value?.manifest ?? {};
  const all = { nodes: [...(nodes ?? [])], tests, failed, read, diagnostics };
  return JSON.parse(JSON.stringify(all).replaceAll(workspace.paths.root, '<root>'));
}
