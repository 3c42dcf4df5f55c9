import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { openDuckdb } from '../../src/engine/duckdb.js';
import type { TableVersion } from '../../src/ir/table-version.js';
import { Lake } from '../../src/lake/lake.js';
import { writeVersion } from '../../src/lake/write-version.js';
import { openLocalStorage } from '../../src/storage/local.js';
import { openStorage } from '../../src/storage/registry.js';
import { startLocalR2 } from '../../test/support/local-r2.js';

/** 5 million rows into 10,000 partitions within 1.5 GB. */
export async function partitions(): Promise<string> {
  return inTemporaryDir(async (dir) => {
    const engine = await openDuckdb({ memoryLimit: '1500MB', tempDir: join(dir, 'spill') });
    const connection = await engine.connect();
    const sql =
      "select (i * 7919) % 10000 as p, i as id, hash(i) as h, 'name ' || (i % 1000) as s, (i % 9973) / 7 as d from range(5000000) t(i)";
    const described = await connection.rows(`describe ${sql}`);
    const columns = described.map((row) => ({
      name: String(row.column_name),
      type: String(row.column_type),
    }));
    const started = performance.now();
    const { files, rowCount } = await writeVersion({
      connection,
      sql,
      schema: { columns },
      table: 't',
      versionId: 'v1',
      runId: 'r1',
      partitionBy: ['p'],
      storage: openLocalStorage(dir),
      tempDir: dir,
    });
    const seconds = (performance.now() - started) / 1000;
    connection.close();
    engine.close();
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    return `${rowCount} rows, ${files.length} files, ${seconds.toFixed(1)} s, peak memory ${(peakBytes / 1e9).toFixed(2)} GB`;
  });
}

/** How much of a bare multipart loop's throughput an upload through the storage reaches. */
export async function upload(): Promise<string> {
  return inTemporaryDir(async (dir) => {
    const r2 = await startLocalR2();
    const path = join(dir, 'file');
    await writeFile(path, Buffer.alloc(96 * 1024 * 1024, 'x'));
    const { size } = await stat(path);
    const settings = r2.target('bench').s3 as Record<string, string>;
    const client = new S3Client({
      endpoint: r2.endpoint,
      region: 'auto',
      forcePathStyle: true,
      expectContinueHeader: false,
      credentials: { accessKeyId: settings.access_key_id!, secretAccessKey: settings.secret_access_key! },
    });
    const ratios: number[] = [];
    let last = '';
    for (let i = 0; i < 3; i++) {
      const bare = await seconds(() =>
        new Upload({
          client,
          params: { Bucket: 'lake', Key: `bare-${i}`, Body: createReadStream(path) },
          partSize: 8 * 1024 * 1024,
          queueSize: 4,
        }).done(),
      );
      const storage = await openStorage(r2.target('bench'), { cacheDir: join(dir, 'cache') });
      const own = await seconds(() => storage.upload(path, `published/${i}.parquet`));
      ratios.push(bare / own);
      const rate = (s: number) => `${(size / 1e6 / s).toFixed(0)} MB/s`;
      last = `bare ${rate(bare)}, storage ${rate(own)}`;
    }
    client.destroy();
    await r2.stop();
    return `${last}; ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`;
  });
}

/** 20 committers × 50 commits on one lake, on disk and in R2: none lost, none doubled, no gaps. */
export async function commits(): Promise<string> {
  return inTemporaryDir(async (dir) => {
    const r2 = await startLocalR2();
    const disk = await commitAll(async () => new Lake(openLocalStorage(join(dir, 'lake'))));
    const bucket = await commitAll(
      async (i) => new Lake(await openStorage(r2.target('commits'), { cacheDir: join(dir, `cache-${i}`) })),
    );
    await r2.stop();
    return `disk ${disk}; R2 ${bucket}`;
  });
}

async function commitAll(open: (committer: number) => Promise<Lake>): Promise<string> {
  const started = performance.now();
  const numbers = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const lake = await open(i);
      const own: number[] = [];
      for (let n = 0; n < 50; n++) {
        const base = await lake.snapshot();
        const changes = new Map([[`t${i}`, version(`t${i}`, `v${n}`)]]);
        const request = { operation: 'build', reads: new Map(), now: () => new Date() };
        own.push(await lake.commit({ ...request, base, changes, runId: `r${i}-${n}` }));
      }
      return own;
    }),
  );
  const all = numbers.flat().sort((a, b) => a - b);
  if (all.some((number, i) => number !== i + 1)) throw new Error('Commits are lost or doubled.');
  const { commit } = await (await open(20)).snapshot();
  if (commit !== all.length) throw new Error(`The log ends at ${commit}.`);
  return `${all.length} commits in ${((performance.now() - started) / 1000).toFixed(1)} s`;
}

function version(table: string, id: string): TableVersion {
  return {
    format: 1,
    id,
    table,
    kind: 'table',
    schema: { columns: [] },
    partitionBy: [],
    files: [],
    rowCount: 0,
    sizeBytes: 0,
    publish: false,
    provenance: { project: 'bench', runId: id, createdAt: '', dataKey: id, logic: id, inputs: {} },
    audits: [],
  };
}

async function seconds(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

async function inTemporaryDir<T>(action: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-lake-'));
  return action(dir).finally(() => rm(dir, { recursive: true, force: true }));
}
