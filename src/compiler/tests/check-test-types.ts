import { errorDiagnostic } from '../../diagnostics/diagnostic.js';
import type { TestAssertion, TestConfig } from '../../ir/project.js';
import type { Column } from '../../schema/table-schema.js';
import type { CompileState } from '../compile-state.js';
import type { UnitCell } from './check-unit-values.js';

/** What comparing means for the types of the columns: DuckDB would cast one side, and fail or pass by the data. */
export class TestTypes {
  /** Accepted values that must become the type of their column. */
  readonly cells: UnitCell[] = [];

  constructor(private readonly state: Pick<CompileState, 'schemas' | 'report'>) {}

  /** Reports columns that a test cannot look at. All columns that it names are there. */
  check(table: string, assertion: TestAssertion, { span }: TestConfig): boolean {
    const problem = this.#problem(table, assertion);
    if (problem)
      this.state.report(
        errorDiagnostic('compile/type-mismatch', problem.message, {
          ...(span && { span }),
          hint: problem.hint,
        }),
      );
    if (problem || assertion.kind !== 'accepted_values' || !span) return !problem;
    const { name, type } = this.columnOf(table, assertion.columns[0]!);
    for (const value of assertion.values) {
      if (typeof value === 'string' && type !== 'VARCHAR')
        this.cells.push({ value, type, column: `"${name}" of ${table}`, span });
    }
    return true;
  }

  columnOf(table: string, column: string): Column {
    const lower = column.toLowerCase();
    return this.state.schemas.get(table)!.find(({ name }) => name.toLowerCase() === lower)!;
  }

  #problem(
    table: string,
    assertion: TestAssertion,
  ): { readonly message: string; readonly hint: string } | undefined {
    switch (assertion.kind) {
      case 'freshness': {
        const { name, type } = this.columnOf(table, assertion.columns[0]!);
        if (/^(DATE|TIMESTAMP)/.test(type)) return undefined;
        const message = `"${name}" of ${table} is ${type}; freshness is that of a date or a timestamp.`;
        return { message, hint: 'name a column that says when a row came or changed' };
      }
      case 'accepted_values': {
        const { name, type } = this.columnOf(table, assertion.columns[0]!);
        const other = assertion.values.find((value) => value !== null && typeof value !== 'string');
        if (type !== 'VARCHAR' || other === undefined) return undefined;
        const message = `"${name}" of ${table} is VARCHAR, and ${String(other)} is no text.`;
        return { message, hint: `write it in quotes, as the column has it: '${String(other)}'` };
      }
      case 'relationships': {
        const child = this.columnOf(table, assertion.columns[0]!);
        const parent = this.columnOf(assertion.to, assertion.field);
        if ((child.type === 'VARCHAR') === (parent.type === 'VARCHAR')) return undefined;
        const message = `"${child.name}" of ${table} is ${child.type}, and "${parent.name}" of ${assertion.to} is ${parent.type}.`;
        return { message, hint: 'cast one of them in its model, so that both have one type' };
      }
      default:
        return undefined;
    }
  }
}
