import type { Message, TransformFailure } from 'esbuild';
import type { Memo } from '../ports/memo.js';
import { hash } from '../util/hash.js';
import { type StrippedExpression, strippedSource } from './compile-expression.js';
import { messageRange } from './esbuild-messages.js';
import { loadEsbuild } from './load-esbuild.js';

export type StripResult =
  | { readonly kind: 'stripped'; readonly expression: StrippedExpression }
  | { readonly kind: 'failed'; readonly errors: readonly StripError[] };

/** What is wrong in an expression, with offsets in its code. */
export interface StripError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

// Part of the key of what is remembered: raise it when the wrapping or esbuild's options change.
const format = '1';

/**
 * Turns expressions' TypeScript into JavaScript, by code. Starting esbuild takes some 40 ms, so results
 * are remembered and an unchanged project never starts it.
 */
export async function stripTypes(
  codes: ReadonlySet<string>,
  memo: Memo,
): Promise<ReadonlyMap<string, StripResult>> {
  const results = new Map<string, StripResult>();
  const missing: string[] = [];
  for (const code of codes) {
    const known = memo.get<StrippedExpression>('stripped-expression', hash(format, code));
    if (known) results.set(code, { kind: 'stripped', expression: known });
    else missing.push(code);
  }
  if (missing.length === 0) return results;
  const { transform } = loadEsbuild();
  await Promise.all(
    missing.map(async (code) => {
      const source = strippedSource(code);
      try {
        const { code: js, map } = await transform(source, {
          loader: 'ts',
          target: 'es2023',
          sourcemap: 'external',
          sourcesContent: false,
          logLevel: 'silent',
          tsconfigRaw: '{}',
        });
        memo.set<StrippedExpression>('stripped-expression', hash(format, code), { js, map });
        results.set(code, { kind: 'stripped', expression: { js, map } });
      } catch (thrown) {
        const { errors } = thrown as TransformFailure;
        if (!errors) throw thrown;
        results.set(code, { kind: 'failed', errors: errors.map((e) => stripError(e, source, code)) });
      }
    }),
  );
  return results;
}

function stripError(message: Message, source: string, code: string): StripError {
  const range = messageRange(message, source) ?? { start: 0, end: 0 };
  const shift = source.indexOf('\n') + 1;
  const start = range.start - shift;
  // Then the message is about the closing parenthesis that was put behind the code.
  if (start >= code.length) {
    const end = code.trimEnd().length;
    return { message: 'The expression is not complete.', start: end, end };
  }
  return { message: message.text, start: Math.max(0, start), end: Math.min(range.end - shift, code.length) };
}
