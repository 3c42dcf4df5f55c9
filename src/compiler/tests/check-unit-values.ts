import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { UnitTestValue } from '../../ir/unit-test.js';
import { unitTestValueSql } from '../../ir/unit-test-value.js';
import { type EngineConnection, EngineError } from '../../ports/engine.js';
import { hash } from '../../util/hash.js';
import type { CompileState } from '../compile-state.js';

/** A value that is to become the type of its column. */
export interface UnitCell {
  readonly value: NonNullable<UnitTestValue>;
  readonly type: string;
  readonly column: string;
  readonly span: Span;
}

/** Reports the values of unit tests that do not fit their columns. What was found to fit is not tried again. */
export async function checkUnitValues(cells: readonly UnitCell[], state: CompileState): Promise<void> {
  const casts = [...new Set(cells.map(castOf))];
  if (casts.length === 0) return;
  const key = hash(state.environmentKey, ...casts);
  if (state.memo.get<true>('unit-values', key)) return;
  const unfit = new Set(await failingCasts(casts, await state.session.first()));
  if (unfit.size === 0 && !cells.some(isRounded)) state.memo.set('unit-values', key, true);
  for (const cell of cells) {
    if (!unfit.has(castOf(cell)) && !isRounded(cell)) continue;
    const message = `${shown(cell.value)} does not fit ${cell.column}, which is ${cell.type}.`;
    state.report(errorDiagnostic('project/invalid-value', message, { span: cell.span }));
  }
}

const castOf = ({ value, type }: UnitCell) => unitTestValueSql(value, type);
const mostAtOnce = 500;

/** All in a few statements where all succeed. TRY_CAST would be quiet about what lies inside a struct or list. */
async function failingCasts(
  casts: readonly string[],
  connection: EngineConnection,
): Promise<readonly string[]> {
  if (casts.length <= mostAtOnce) {
    try {
      await connection.run(`select ${casts.map((cast) => `${cast} is null`).join(', ')}`);
      return [];
    } catch (thrown) {
      if (!(thrown instanceof EngineError) || thrown.kind === 'interrupted') throw thrown;
      if (casts.length === 1) return casts;
    }
  }
  const half = casts.length >> 1;
  return [
    ...(await failingCasts(casts.slice(0, half), connection)),
    ...(await failingCasts(casts.slice(half), connection)),
  ];
}

/** DuckDB makes 2 of 1.5 without a word, and what is meant to fail would pass. */
function isRounded({ value, type }: UnitCell): boolean {
  const scale = integer.test(type) ? 0 : Number(/^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1] ?? Number.NaN);
  const decimals = typeof value === 'string' ? /^[-+]?\d*\.(\d*?)0*$/.exec(value.trim())?.[1] : undefined;
  return decimals !== undefined && decimals.length > scale;
}

const integer = /^U?(TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$/;

function shown(value: NonNullable<UnitTestValue>): string {
  return typeof value === 'string' ? `"${value}"` : value.json;
}
