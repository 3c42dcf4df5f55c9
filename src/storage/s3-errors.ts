import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';

const hints: Readonly<Record<string, string>> = {
  NoSuchBucket: 'make the bucket first, or correct "lake:" in etl.yml',
  AccessDenied: 'the credentials may not do this: they need to list, read, write and delete in the bucket',
  Forbidden: 'the credentials may not do this: they need to list, read, write and delete in the bucket',
  InvalidAccessKeyId: 'check access_key_id under "s3:" in etl.yml, or the environment it comes from',
  SignatureDoesNotMatch: 'check secret_access_key, and region and endpoint, under "s3:" in etl.yml',
  CredentialsProviderError:
    'give access_key_id and secret_access_key under "s3:" in etl.yml, or what the AWS SDK reads, such as AWS_ACCESS_KEY_ID',
  ECONNREFUSED: 'check endpoint under "s3:" in etl.yml',
  ENOTFOUND: 'check endpoint and region under "s3:" in etl.yml',
};

/** Puts what went wrong at the object store into the person's terms. */
export function explainS3Error(thrown: unknown, url: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof DiagnosticError) return thrown;
  const { name, message, code, $metadata } = thrown as Error & {
    readonly code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  };
  const ours = $metadata === undefined && code === undefined && hints[name] === undefined;
  if (ours || code === 'ENOENT') return thrown;
  const status = $metadata?.httpStatusCode === undefined ? '' : ` (HTTP ${$metadata.httpStatusCode})`;
  const attempts = ($metadata?.attempts ?? 1) > 1 ? `, after ${$metadata?.attempts} attempts` : '';
  const reason = [name === 'Error' ? code : name, message].filter(Boolean).join(': ');
  const hint = hints[name] ?? hints[code ?? ''];
  return new DiagnosticError(
    [errorDiagnostic('lake/unreachable', `${url}: ${reason}${status}${attempts}`, hint ? { hint } : {})],
    { cause: thrown },
  );
}
