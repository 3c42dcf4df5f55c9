import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { Target } from '../ir/project.js';
import type { Storage } from '../ports/storage.js';
import { S3Storage } from './s3.js';
import { retryStrategy } from './s3-retry.js';

const defaultCacheBytes = 20 * 1024 ** 3;

/** Opens a lake at `s3://bucket/prefix`. Nothing is sent yet. */
export function openS3Storage(
  target: Target,
  options: { readonly cacheDir: string; readonly cacheBytes?: number; readonly listPage?: number },
): Storage {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)\/?(.*)$/.exec(target.lake) ?? [];
  if (bucket === '') {
    throw new DiagnosticError([errorDiagnostic('project/invalid-value', `${target.lake} names no bucket.`)]);
  }
  // The SDK warns on every start that it will drop the oldest Node we support; our users cannot do anything about it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const client = new S3Client(clientConfig(target.s3 ?? {}));
  const counts: Record<string, number> = {};
  client.middlewareStack.add(
    (next, context) => (args) => {
      const name = (context.commandName ?? 'Request').replace(/Command$/, '');
      counts[name] = (counts[name] ?? 0) + 1;
      return next(args);
    },
    // Behind the retries, so that every request is counted that is really sent.
    { step: 'deserialize', priority: 'low' },
  );
  const prefix = path.replace(/^\/+|\/+$/g, '');
  const requestCounts = () => ({ ...counts });
  return new S3Storage({ client, bucket, prefix, cacheBytes: defaultCacheBytes, ...options, requestCounts });
}

function clientConfig(settings: NonNullable<Target['s3']>): S3ClientConfig {
  const text = (name: string): string | undefined =>
    settings[name] === undefined || settings[name] === null ? undefined : String(settings[name]);
  const endpoint = text('endpoint');
  const region = text('region') ?? (endpoint === undefined ? undefined : 'auto');
  const accessKeyId = text('access_key_id');
  const secretAccessKey = text('secret_access_key');
  const sessionToken = text('session_token');
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(settings.force_path_style === true && { forcePathStyle: true }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
    retryStrategy,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 30_000, httpAgent: agent, httpsAgent: agent },
    // R2 never answers `100 Continue`, and the SDK would wait for it with every large body.
    expectContinueHeader: false,
  } as S3ClientConfig;
}

const agent = { keepAlive: true, maxSockets: 64 };
