import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folderOfTest } from '../../test/support/temporary-folder.js';
import type { TableVersion } from '../ir/table-version.js';
import { emptyVersion } from '../lake/lake-fixtures.js';
import { mergeFiles } from '../lake/merge-files.js';
import { writeVersion } from '../lake/write-version.js';
import type { EngineConnection } from '../ports/engine.js';
import type { PublishContext } from '../ports/publisher.js';
import type { Storage } from '../ports/storage.js';
import { openLocalStorage } from '../storage/local.js';

/** A lake with one table `sales`, and what publishes it. */
export interface PublishFixture {
  readonly lake: string;
  readonly storage: Storage;
  readonly context: PublishContext;
  /** Makes a version of table `sales` the current one; null drops the table. */
  commit(sql: string | null, options?: Options): Promise<void>;
  glob(options?: string): Promise<readonly Record<string, unknown>[]>;
  files(): Promise<readonly string[]>;
}

interface Options {
  readonly types?: Record<string, string>;
  readonly partitionBy?: readonly string[];
  readonly publish?: boolean;
}

export const sales = { table: 'sales' };
export const now = { value: new Date('2024-05-01T00:00:00Z') };

export async function publishFixture(connection: EngineConnection): Promise<PublishFixture> {
  const dir = await folderOfTest('publish');
  const lake = join(dir, 'lake');
  const storage = openLocalStorage(lake);
  let current: TableVersion | undefined;
  let count = 0;
  const tempDir = join(dir, 'temp');
  await mkdir(tempDir, { recursive: true });
  const context: PublishContext = {
    storage,
    openPlace: async (to) => openLocalStorage(to),
    runId: 'run-5',
    tempDir: async () => tempDir,
    current: async () => current,
    isTaken: async () => false,
    merge: (schema, files) => mergeFiles(connection, storage, schema, files, tempDir),
    now: () => now.value,
  };
  return {
    lake,
    storage,
    context,
    async commit(sql, { types = { k: 'VARCHAR', n: 'INTEGER' }, partitionBy = ['k'], publish = true } = {}) {
      const schema = { columns: Object.entries(types).map(([name, type]) => ({ name, type })) };
      const versionId = `v${++count}`;
      const request = {
        connection,
        schema,
        table: 'sales',
        versionId,
        runId: 'r1',
        partitionBy,
        storage,
        tempDir,
      };
      current =
        sql === null
          ? undefined
          : emptyVersion('sales', versionId, {
              ...(await writeVersion({ ...request, sql })),
              schema,
              partitionBy,
              publish,
            });
    },
    glob: (options = '') =>
      connection.rows(`from read_parquet('${lake}/sales/**/*.parquet'${options}) order by all`),
    files: async () =>
      (await readdir(join(lake, 'sales'), { recursive: true }))
        .filter((file) => file.endsWith('.parquet'))
        .sort(),
  };
}

/** A storage with some methods replaced. */
export function overriding(inner: Storage, methods: Partial<Storage>): Storage {
  return new Proxy(inner, {
    get: (target, name) => {
      const value = methods[name as keyof Storage] ?? target[name as keyof Storage];
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}
