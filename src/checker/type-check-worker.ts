import { parentPort, workerData } from 'node:worker_threads';
import { openTypeChecker, type TypeCheckerOptions } from './type-checker.js';
import type { CheckerStarted, CheckReply, CheckRequest } from './worker-checker.js';

/** What runs in the thread that TypeScript's blocking calls have to themselves. */
const checker = openTypeChecker(workerData as TypeCheckerOptions);
parentPort?.postMessage({ processId: checker.processId } satisfies CheckerStarted);
parentPort?.on('message', (request: CheckRequest) => {
  if (request.kind === 'close') {
    checker.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answer(request));
});

function answer({
  kind,
  id,
  modules,
  invalidate,
}: Exclude<CheckRequest, { readonly kind: 'close' }>): CheckReply {
  try {
    if (invalidate) checker.invalidate();
    if (kind === 'load') {
      checker.load(modules);
      return { id, diagnostics: [] };
    }
    return { id, diagnostics: checker.check(modules) };
  } catch (thrown) {
    return { id, error: thrown };
  }
}
