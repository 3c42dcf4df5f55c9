import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finished, runEtl, startEtl } from '../support/cli.js';
import { copyExample } from '../support/example.js';
import { lakeContents } from '../support/lake-contents.js';
import { randomNumbers } from '../support/random-numbers.js';

const countViews = "select count(*) as n from duckdb_views() where not internal and schema_name <> '_etl'";

test('kill -9 at twenty random moments of a build: never half a run, and the end is that of an undisturbed build', async () => {
  const undisturbed = copyExample();
  const began = performance.now();
  expect((await runEtl(undisturbed, ['build'])).code).toBe(0);
  const durationMs = performance.now() - began;
  const wanted = await lakeContents(undisturbed);

  const folder = copyExample();
  const random = randomNumbers();
  let killed = 0;
  for (let i = 0; i < 20; i++) {
    const child = startEtl(folder, ['build']);
    const timer = setTimeout(() => child.kill('SIGKILL'), random() * durationMs);
    const { signal } = await finished(child);
    clearTimeout(timer);
    if (signal === 'SIGKILL') killed++;
    // All tables of the project or none: one run is one commit.
    const listed = await runEtl(folder, ['query', countViews, '--format', 'json']);
    expect(listed.code, listed.output).toBe(0);
    const [{ n }] = JSON.parse(listed.stdout);
    expect([0, Object.keys(wanted).length]).toContain(Number(n));
    // A build that came to its end leaves the next one nothing to do, and nothing to be killed in.
    if (Number(n) > 0) rmSync(join(folder, '.etl'), { recursive: true, force: true });
  }
  expect(killed).toBeGreaterThan(5);
  const last = await runEtl(folder, ['build']);
  expect(last.code, last.output).toBe(0);
  expect(await lakeContents(folder)).toEqual(wanted);
}, 600_000);
