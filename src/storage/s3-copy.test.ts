import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fault, startFaultProxy } from '../../test/support/fault-proxy.js';
import { type LocalR2, startLocalR2 } from '../../test/support/local-r2.js';
import { copyObject } from './s3-copy.js';

const mebibyte = 1024 * 1024;
const bytes = Uint8Array.from({ length: 11 * mebibyte }, (_, i) => (i * 31 + (i >> 13)) % 251);
const place = (Key: string) => ({ Bucket: 'lake', Key });
const small = { singleBytes: 6 * mebibyte, partBytes: 5 * mebibyte };
let r2: LocalR2;
beforeAll(async () => {
  r2 = await startLocalR2();
});
afterAll(() => r2.stop());

function connect(endpoint = r2.endpoint): S3Client {
  const { s3 } = r2.target('');
  const config = {
    endpoint,
    region: 'auto',
    forcePathStyle: true,
    maxAttempts: 1,
    expectContinueHeader: false,
    credentials: { accessKeyId: String(s3?.access_key_id), secretAccessKey: String(s3?.secret_access_key) },
  };
  return new S3Client(config);
}

async function read(client: S3Client, key: string): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand(place(key)));
  return Body!.transformToByteArray();
}

test('what is too large for one request is copied in parts', async () => {
  const client = connect();
  await client.send(new PutObjectCommand({ ...place('a b/x'), Body: bytes }));
  await copyObject(client, place('a b/x'), place('y'), small);
  expect(Buffer.compare(await read(client, 'y'), bytes)).toBe(0);
});

test('a copy that fails half-way leaves the old object as it was, and no upload', async () => {
  const requests: string[] = [];
  const decide = (method: string, path: string): Fault | undefined => {
    requests.push(`${method} ${path.replace(/.*\/lake\//, '').replace(/uploadId=[^&]*/, 'uploadId')}`);
    return path.includes('partNumber=2') ? { kind: 'status', status: 500 } : undefined;
  };
  const client = connect();
  await client.send(new PutObjectCommand({ ...place('z'), Body: 'old' }));
  await client.send(new PutObjectCommand({ ...place('large'), Body: bytes }));
  const proxy = await startFaultProxy(r2.endpoint, decide);
  try {
    await expect(copyObject(connect(proxy.endpoint), place('large'), place('z'), small)).rejects.toThrow();
  } finally {
    await proxy.stop();
  }
  expect(Buffer.from(await read(client, 'z')).toString()).toBe('old');
  expect(requests.at(-1)).toMatch(/^DELETE z\?.*uploadId/);
});
