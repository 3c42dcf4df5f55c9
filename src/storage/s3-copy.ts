import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { mapConcurrently } from '../util/map-concurrently.js';
import type { ObjectPlace } from './s3-transfer.js';

const gibibyte = 1024 ** 3;
const partsAtOnce = 8;

export interface CopyOptions {
  /** Of the object, where it is known: without it, one more request asks for it. */
  readonly sizeBytes?: number | undefined;
  /** The largest object that one request may copy. Default: 5 GiB, which is S3's limit. */
  readonly singleBytes?: number;
  /** Default: 1 GiB. */
  readonly partBytes?: number;
}

/**
 * Copies an object that never changes inside the store, without its bytes passing through here. Readers of `to`
 * see the old object until all of the new one is there, also where it is too large to be copied in one request.
 */
export async function copyObject(
  client: S3Client,
  from: ObjectPlace,
  to: ObjectPlace,
  { sizeBytes, singleBytes = 5 * gibibyte, partBytes = gibibyte }: CopyOptions = {},
): Promise<void> {
  const CopySource = [from.Bucket, ...from.Key.split('/')].map(encodeURIComponent).join('/');
  if (sizeBytes !== undefined && sizeBytes <= singleBytes) {
    await client.send(new CopyObjectCommand({ ...to, CopySource }));
    return;
  }
  const head = await client.send(new HeadObjectCommand(from));
  const size = head.ContentLength ?? 0;
  if (size <= singleBytes) return copyObject(client, from, to, { sizeBytes: size, singleBytes });
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(to));
  const upload = { ...to, UploadId };
  try {
    const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, i) => i + 1);
    const Parts = await mapConcurrently(numbers, partsAtOnce, async (PartNumber) => {
      const start = (PartNumber - 1) * partBytes;
      const CopySourceRange = `bytes=${start}-${Math.min(start + partBytes, size) - 1}`;
      const part = { ...upload, PartNumber, CopySource, CopySourceRange };
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part));
      return { PartNumber, ETag: CopyPartResult?.ETag };
    });
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (thrown) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw thrown;
  }
}
