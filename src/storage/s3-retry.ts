import { setTimeout as sleep } from 'node:timers/promises';
import type { S3ClientConfig } from '@aws-sdk/client-s3';

type RetryStrategy = Extract<
  | Awaited<ReturnType<Extract<NonNullable<S3ClientConfig['retryStrategy']>, () => unknown>>>
  | S3ClientConfig['retryStrategy'],
  { acquireInitialRetryToken: unknown }
>;

const mostAttempts = 9;
// A wrong endpoint looks like this too, and nobody waits a minute to hear of it.
const mostRefusals = 4;
const longestDelayMs = 10_000;
const longestHintMs = 60_000;

interface ServiceFailure {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Whether the same request may succeed a moment later: 408, 409, 429, 5xx, resets, time-outs, cut bodies. */
export function isPassing(thrown: unknown): boolean {
  const { name, code, $metadata } = (thrown ?? {}) as ServiceFailure;
  const status = $metadata?.httpStatusCode ?? 0;
  if (status >= 400) return [408, 409, 429].includes(status) || (status >= 500 && status !== 501);
  return name === 'TimeoutError' || (code !== undefined && passingCodes.has(code));
}

const passingCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
  // Of single keys, inside an answer that is a success as a whole.
  'InternalError',
  'SlowDown',
  'ServiceUnavailable',
]);

function mayRetry(thrown: unknown, failures: number): boolean {
  const most = (thrown as ServiceFailure).code === 'ECONNREFUSED' ? mostRefusals : mostAttempts;
  return failures < most && isPassing(thrown);
}

/** Doubles with each failure, with jitter; never shorter than what the server asked for, up to a minute. */
function delayMs(failures: number, retryAt: Date | undefined): number {
  const backoff = Math.min(longestDelayMs, 100 * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
  const hint = retryAt ? retryAt.getTime() - Date.now() : 0;
  return Math.max(backoff, Math.min(hint, longestHintMs));
}

/** How the SDK repeats single requests. */
export const retryStrategy: RetryStrategy = {
  mode: 'standard',
  async acquireInitialRetryToken() {
    return retryToken(0, 0);
  },
  async refreshRetryTokenForRetry(token, { error, retryAfterHint }) {
    const failures = token.getRetryCount() + 1;
    if (!mayRetry(error, failures)) throw error ?? new Error('The request failed.');
    return retryToken(failures, delayMs(failures, retryAfterHint));
  },
  recordSuccess() {},
} as RetryStrategy;

function retryToken(count: number, delay: number) {
  return { getRetryCount: () => count, getRetryDelay: () => delay, getRetryCost: () => undefined };
}

/** Repeats what the SDK cannot: a request whose answer broke off or failed in part. */
export async function withRetries<T>(action: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await action();
    } catch (thrown) {
      // With a status, the SDK has repeated it already.
      const answered = ((thrown as ServiceFailure).$metadata?.httpStatusCode ?? 0) >= 400;
      if (answered || !mayRetry(thrown, failures)) throw thrown;
      await sleep(delayMs(failures, undefined));
    }
  }
}
