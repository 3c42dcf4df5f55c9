import { expect, test } from 'vitest';
import type { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import { EngineError } from '../ports/engine.js';
import { explainQuery } from './explain-query.js';

test.each<[readonly string[], string | undefined]>([
  [['pg_sequence', 'orders'], 'did you mean "orders"?'],
  [['pg_sequence', 'duckdb_tables', 'customers'], undefined],
  [['pg_sequence', 'sqlite_master'], undefined],
])(
  'of the tables %j that the engine offers, only one of the lake that is near is a hint',
  (candidates, hint) => {
    const sql = 'from ordrs';
    const error = new EngineError('other', 'Table with name ordrs does not exist!', {
      sql,
      offset: 5,
      subject: 'ordrs',
      entryType: 'Table',
      candidates,
    });
    const { diagnostics } = explainQuery(error, { sql }) as DiagnosticError;
    expect(diagnostics.map((diagnostic) => diagnostic.hint)).toEqual([hint]);
  },
);
