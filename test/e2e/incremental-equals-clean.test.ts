import fc from 'fast-check';
import { expect, test } from 'vitest';
import { build } from '../../src/api/build.js';
import { makeProject, writeFiles } from '../support/cli.js';
import { lakeContents } from '../support/lake-contents.js';
import {
  applyEdit,
  projectFiles,
  type RandomProject,
  randomEdits,
  randomModels,
} from '../support/random-project.js';

const start = (models: Parameters<typeof projectFiles>[0]['models']): RandomProject => ({
  models,
  source: [1, 2, 3],
  seed: [7],
  factor: 2,
  bonus: 1,
});

test('random projects under random edits: reuse gives the rows of a clean build, and a second build does nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomModels,
      fc.array(randomEdits, { minLength: 1, maxLength: 3 }),
      async (models, rounds) => {
        let project = start(models.map((model) => ({ ...model, comment: 0 })));
        const edited = makeProject(projectFiles(project));
        await succeed(edited);
        for (const edits of rounds) {
          project = edits.reduce(applyEdit, project);
          writeFiles(edited, projectFiles(project));
          await succeed(edited);
        }
        const clean = makeProject(projectFiles(project));
        await succeed(clean);
        expect(await lakeContents(edited)).toEqual(await lakeContents(clean));
        const again = await succeed(edited);
        expect(again.commit).toBeUndefined();
        expect(again.nodes.filter((node) => node.status !== 'reused')).toEqual([]);
      },
    ),
    { numRuns: Number(process.env.ETL_PROPERTY_RUNS ?? 12) },
  );
}, 300_000);

async function succeed(projectDir: string) {
  const result = await build({ projectDir, typeCheck: false });
  expect(result.diagnostics).toEqual([]);
  expect(result.status, JSON.stringify(result.nodes.filter((n) => n.status === 'failed'))).toBe('success');
  return result;
}
