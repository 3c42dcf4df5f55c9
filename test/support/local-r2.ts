import { Miniflare } from 'miniflare';
import type { Target } from '../../src/ir/project.js';

export interface LocalR2 {
  /** URL of the S3 API. */
  readonly endpoint: string;
  /** A target of this store; `endpoint` may be a proxy in front of it. */
  target(prefix: string, endpoint?: string): Target;
  stop(): Promise<void>;
}

/** Starts a real R2 on this machine, with one empty bucket in memory. */
export async function startLocalR2(): Promise<LocalR2> {
  const credentials = { accessKeyId: 'test-key', secretAccessKey: 'test-secret' };
  const miniflare = new Miniflare({
    modules: true,
    script: 'export default {}',
    r2Buckets: { LAKE: { id: 'lake', s3Credentials: credentials } },
  });
  const endpoint = new URL('/cdn-cgi/local/r2/s3', await miniflare.ready).href;
  return {
    endpoint,
    target: (prefix, at = endpoint) => ({
      name: 'r2',
      lake: `s3://lake/${prefix}`,
      s3: {
        endpoint: at,
        region: 'auto',
        force_path_style: true,
        access_key_id: credentials.accessKeyId,
        secret_access_key: credentials.secretAccessKey,
      },
    }),
    stop: () => miniflare.dispose(),
  };
}
