import { EngineError, type EngineErrorKind } from '../ports/engine.js';
import { utf16Offset } from '../util/utf16-offset.js';

interface StructuredError {
  exception_type?: string;
  exception_message?: string;
  error_subtype?: string;
  position?: string;
  name?: string;
  candidates?: string;
  /** Of a missing entry: `Table`, `Scalar Function`, `Type`, … */
  type?: string;
}

/** Turns what the driver throws into an `EngineError`. Needs `errors_as_json`, which every connection sets. */
export function toEngineError(thrown: unknown, sql: string): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const structured = parseStructured(text);
  if (!structured) {
    const kind = /^INTERRUPT/.test(text) ? 'interrupted' : 'other';
    return new EngineError(kind, text, {}, { cause: thrown });
  }
  const { offset, subject, candidates } = {
    offset: structured.position === undefined ? undefined : utf16Offset(sql, Number(structured.position)),
    subject: structured.name,
    candidates: structured.candidates
      ?.split(',')
      .map((c) => c.trim())
      .filter(Boolean),
  };
  return new EngineError(
    errorKind(structured),
    structured.exception_message ?? text,
    {
      sql,
      ...(offset !== undefined && { offset, byteOffset: Number(structured.position) }),
      ...(subject !== undefined && { subject }),
      ...(candidates?.length && { candidates }),
      ...(structured.exception_type !== undefined && { exceptionType: structured.exception_type }),
      ...(structured.type !== undefined && { entryType: structured.type }),
    },
    { cause: thrown },
  );
}

function parseStructured(text: string): StructuredError | undefined {
  const brace = text.indexOf('{"exception_type"');
  if (brace < 0) return undefined;
  try {
    return JSON.parse(text.slice(brace)) as StructuredError;
  } catch {
    return undefined;
  }
}

const kindBySubtype: Readonly<Record<string, EngineErrorKind>> = {
  SYNTAX_ERROR: 'syntax',
  COLUMN_NOT_FOUND: 'unknown-column',
  NO_MATCHING_FUNCTION: 'type-mismatch',
};

const kindByException: Readonly<Record<string, EngineErrorKind>> = {
  Parser: 'syntax',
  Conversion: 'conversion',
  Interrupt: 'interrupted',
  INTERRUPT: 'interrupted',
  'Out of Memory': 'out-of-memory',
  'Mismatch Type': 'type-mismatch',
  Binder: 'binder',
};

function errorKind(error: StructuredError): EngineErrorKind {
  const exception = error.exception_type ?? '';
  if (error.error_subtype === 'MISSING_ENTRY') return exception === 'Catalog' ? catalogKind(error) : 'other';
  return kindBySubtype[error.error_subtype ?? ''] ?? kindByException[exception] ?? 'other';
}

function catalogKind(error: StructuredError): EngineErrorKind {
  const type = error.type ?? '';
  return /function|macro/i.test(type) ? 'unknown-function' : 'unknown-table';
}
