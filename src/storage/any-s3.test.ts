import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { openStorage } from './registry.js';
import { describeStorage } from './storage-conformance.js';

// Any store with the S3 API: TEST_S3_LAKE=s3://bucket/prefix TEST_S3_ENDPOINT=https://… npm run test:s3
// Credentials, and the region, come from where the AWS SDK looks, such as AWS_ACCESS_KEY_ID.
const { TEST_S3_LAKE: lake, TEST_S3_ENDPOINT: endpoint, TEST_S3_PATH_STYLE: pathStyle } = process.env;

describe('a store given by the environment', () => {
  if (!lake) {
    test.skip('TEST_S3_LAKE is not set', () => undefined);
    return;
  }
  describeStorage(lake, () => {
    const s3 = { ...(endpoint && { endpoint }), force_path_style: pathStyle === 'true' };
    const target = { name: 'test', lake: `${lake}/${randomUUID()}`, s3 };
    return openStorage(target, { cacheDir: join(tmpdir(), 'test-s3', randomUUID()) });
  });
});
