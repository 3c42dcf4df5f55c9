import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with one request. */
export type Fault =
  /** Answered without being passed on. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The connection is cut before the request is passed on. */
  | { readonly kind: 'reset' }
  /** The request takes effect, and the connection is cut instead of the answer. */
  | { readonly kind: 'lost-response'; readonly afterwards?: () => void }
  /** The answer is cut in the middle of its body. */
  | { readonly kind: 'cut-body' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** Passed on once something else is done. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> };

export interface FaultProxy {
  /** The S3 endpoint to use instead of the real one. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Stands in front of an S3 endpoint and spoils what `decide` says. */
export async function startFaultProxy(
  endpoint: string,
  decide: (method: string, path: string) => Fault | undefined,
): Promise<FaultProxy> {
  const target = new URL(endpoint);
  const server = createServer((incoming, outgoing) => {
    const fault = decide(incoming.method ?? '', decodeURIComponent(incoming.url ?? ''));
    if (fault?.kind === 'reset') return void incoming.socket.destroy();
    if (fault?.kind === 'status') return refuse(incoming, outgoing, fault);
    if (fault?.kind === 'slow')
      return void setTimeout(() => pass(target, incoming, outgoing, fault), fault.ms);
    if (fault?.kind === 'hold')
      return void fault.until.finally(() => pass(target, incoming, outgoing, undefined));
    pass(target, incoming, outgoing, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}${target.pathname}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, retryAfterSeconds }: Extract<Fault, { kind: 'status' }>,
): void {
  incoming.resume();
  incoming.on('end', () => {
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    outgoing.writeHead(status, { 'content-type': 'application/xml', ...headers });
    outgoing.end(
      `<?xml version="1.0"?><Error><Code>Injected${status}</Code><Message>Injected.</Message></Error>`,
    );
  });
}

function pass(
  target: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
): void {
  const { method, url, headers } = incoming;
  // The host header stays: it is part of the signature.
  const forwarded = request(
    { host: target.hostname, port: target.port, method, path: url, headers },
    (answer) => {
      if (fault?.kind === 'lost-response') {
        answer.resume();
        answer.on('end', () => {
          fault.afterwards?.();
          incoming.socket.destroy();
        });
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      if (fault?.kind !== 'cut-body') return void answer.pipe(outgoing);
      const half = Math.floor(Number(answer.headers['content-length'] ?? 0) / 2);
      let sent = 0;
      answer.on('data', (chunk: Buffer) => {
        outgoing.write(chunk.subarray(0, Math.max(0, half - sent)));
        sent += chunk.length;
      });
      answer.on('end', () => setTimeout(() => incoming.socket.destroy(), 20));
    },
  );
  forwarded.on('error', () => incoming.socket.destroy());
  incoming.pipe(forwarded);
}
