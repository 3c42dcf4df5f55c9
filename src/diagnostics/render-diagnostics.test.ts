import { expect, it } from 'vitest';
import type { TextStyle } from '../util/text-style.js';
import { errorDiagnostic, warningDiagnostic } from './diagnostic.js';
import { renderDiagnostic, renderDiagnostics } from './render-diagnostics.js';
import { LineIndex } from './span.js';

const files: Record<string, string> = {
  'models/marts/orders.sql': `select\n       \${centsToDollars('o.amout_cents')} as amount,\n       x\n`,
  'macros/money.ts': 'export function centsToDollars(column: string) {\n  throw new Error(column);\n}\n',
};
const readSource = (file: string) => files[file];
const plain: TextStyle = { color: false, unicode: true, width: 80 };

function spanOf(file: string, text: string) {
  const start = files[file]!.indexOf(text);
  return new LineIndex(files[file]!).span(file, start, start + text.length);
}

const unknownColumn = errorDiagnostic(
  'compile/unknown-column',
  'Column "amout_cents" does not exist in stg_orders.',
  {
    span: spanOf('models/marts/orders.sql', "'o.amout_cents'"),
    hint: 'did you mean "amount_cents"?',
  },
);

it('shows place, code, message, code and hint', () => {
  expect(renderDiagnostic(unknownColumn, plain, readSource)).toMatchInlineSnapshot(`
    "models/marts/orders.sql:2:25  compile/unknown-column
      Column "amout_cents" does not exist in stg_orders.
        2 │        \${centsToDollars('o.amout_cents')} as amount,
          │                         ~~~~~~~~~~~~~~~
      hint: did you mean "amount_cents"?"
  `);
});

it('shows the macro stack and the expanded SQL', () => {
  const sql = 'select\n  o.amout_cents / 100 as amount';
  const start = sql.indexOf('o.amout_cents');
  const diagnostic = {
    ...unknownColumn,
    notes: [
      { message: 'in the macro centsToDollars', span: spanOf('macros/money.ts', 'throw new Error(column)') },
    ],
    excerpt: { title: 'expanded SQL', text: sql, start, end: start + 'o.amout_cents'.length },
  };
  expect(renderDiagnostic(diagnostic, plain, readSource)).toMatchInlineSnapshot(`
    "models/marts/orders.sql:2:25  compile/unknown-column
      Column "amout_cents" does not exist in stg_orders.
        2 │        \${centsToDollars('o.amout_cents')} as amount,
          │                         ~~~~~~~~~~~~~~~
      note: in the macro centsToDollars  macros/money.ts:2:3
        2 │   throw new Error(column);
          │   ~~~~~~~~~~~~~~~~~~~~~~~
      expanded SQL:
        2 │   o.amout_cents / 100 as amount
          │   ~~~~~~~~~~~~~
      hint: did you mean "amount_cents"?"
  `);
});

it('shows a selector that cannot be read', () => {
  const diagnostic = errorDiagnostic('select/invalid', 'There is no method "tagg:".', {
    excerpt: { title: '--select', text: 'orders tagg:nightly', start: 7, end: 19 },
    hint: 'did you mean "tag"?',
  });
  expect(renderDiagnostic(diagnostic, plain, readSource)).toMatchInlineSnapshot(`
    "select/invalid
      There is no method "tagg:".
      --select:
          │ orders tagg:nightly
          │        ~~~~~~~~~~~~
      hint: did you mean "tag"?"
  `);
});

it('does without a file that cannot be read, and without Unicode', () => {
  const span = new LineIndex('gone').span('gone.sql', 0, 4);
  const diagnostic = errorDiagnostic('compile/cycle', 'a → b → a\nand more', { span });
  expect(renderDiagnostic(diagnostic, plain, readSource)).toMatchInlineSnapshot(`
    "gone.sql:1:1  compile/cycle
      a → b → a
      and more"
  `);
  expect(renderDiagnostic(unknownColumn, { ...plain, unicode: false }, readSource)).toContain('\n    2 |  ');
});

it('keeps control characters of data from the terminal', () => {
  const error = errorDiagnostic('query/failed', 'Cannot convert "\u001b[31m".\r\nNot\tat all.', {
    hint: 'not \u009b2J',
    notes: [{ message: 'a\u202eb\nc', span: { ...unknownColumn.span!, file: 'a\u0007.csv' } }],
  });
  expect(renderDiagnostic(error, plain, readSource)).toBe(
    [
      'query/failed',
      '  Cannot convert "\\u001b[31m".',
      '  Not\\tat all.',
      '  note: a\\u202eb  a\\u0007.csv:2:25',
      '          c',
      '  hint: not \\u009b2J',
    ].join('\n'),
  );
});

it('counts', () => {
  const warning = warningDiagnostic('select/no-match', '"x" matches nothing.');
  expect(renderDiagnostics([unknownColumn, warning, warning], plain, readSource)).toMatchInlineSnapshot(`
    "models/marts/orders.sql:2:25  compile/unknown-column
      Column "amout_cents" does not exist in stg_orders.
        2 │        \${centsToDollars('o.amout_cents')} as amount,
          │                         ~~~~~~~~~~~~~~~
      hint: did you mean "amount_cents"?

    select/no-match (warning)
      "x" matches nothing.

    select/no-match (warning)
      "x" matches nothing.

    1 error, 2 warnings
    "
  `);
  expect(renderDiagnostics([], plain, readSource)).toBe('');
});

it('paints', () => {
  const text = renderDiagnostic(unknownColumn, { ...plain, color: true }, readSource);
  expect(text.replaceAll('\x1b', '␛')).toMatchInlineSnapshot(`
    "␛[1mmodels/marts/orders.sql:2:25␛[22m  ␛[31mcompile/unknown-column␛[39m
      Column "amout_cents" does not exist in stg_orders.
    ␛[2m    2 │␛[22m        \${centsToDollars('o.amout_cents')} as amount,
    ␛[2m      │␛[22m                         ␛[31m~~~~~~~~~~~~~~~␛[39m
      ␛[36mhint:␛[39m did you mean "amount_cents"?"
  `);
});
