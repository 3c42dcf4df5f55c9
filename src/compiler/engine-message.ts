import type { DiagnosticCode } from '../diagnostics/codes.js';

/** What the wording of a message adds where DuckDB gives no structured fields. */
export interface MessageFacts {
  readonly code?: DiagnosticCode;
  /** The message in this tool's words, or DuckDB's without its lists of candidates. */
  readonly message: string;
  /** The name that is wrong. */
  readonly subject?: string;
  /** A word that stands in the SQL before the subject. */
  readonly behind?: string;
  /** True where the subject stands behind the name or alias of a table. */
  readonly isQualified?: boolean;
  /** True where what lacks it is a CTE or a query in brackets, whatever table has the same name. */
  readonly isOfQuery?: boolean;
}

interface Wording {
  readonly pattern: RegExp;
  readonly facts: (match: RegExpExecArray) => Partial<MessageFacts>;
}

// The only place that looks at DuckDB's wording. When it changes, errors stay errors and lose some precision.
const wordings: readonly Wording[] = [
  {
    pattern: /^Table "(.+)" does not have a column named "(.+)"/,
    facts: ([, table, column]) => ({
      code: 'compile/unknown-column',
      subject: column!,
      isQualified: true,
      message: `Column "${column}" does not exist in ${table}.`,
    }),
  },
  {
    pattern: /^Values list "(.+)" does not have a column named "(.+)"/,
    facts: ([, query, column]) => ({
      code: 'compile/unknown-column',
      subject: column!,
      isOfQuery: true,
      message: `Column "${column}" does not exist in ${query}.`,
    }),
  },
  {
    pattern: /^Column "(.+)" in (EXCLUDE|REPLACE|RENAME) list not found/,
    facts: ([, column, clause]) => ({
      code: 'compile/unknown-column',
      subject: column!,
      behind: clause!.toLowerCase(),
      message: `Column "${column}" in the ${clause} list does not exist.`,
    }),
  },
  {
    pattern: /^Column "(.+)" does not exist on (left|right) side of join/,
    facts: ([, column, side]) => ({
      code: 'compile/unknown-column',
      subject: column!,
      behind: 'using',
      message: `Column "${column}" does not exist on the ${side} side of the join.`,
    }),
  },
  {
    pattern: /^Could not find key "(.+)" in struct/,
    facts: ([, field]) => ({
      code: 'compile/unknown-column',
      subject: field!,
      message: `The struct has no field "${field}".`,
    }),
  },
  {
    pattern: /^Referenced table "(.+)" not found/,
    facts: ([, table]) => ({ subject: table!, message: `"${table}" is not one of the tables in FROM.` }),
  },
  {
    pattern:
      /^(Cannot (mix|compare|combine|deduce|cast)|Could not (convert|cast)|Unimplemented type for cast|Failed to cast|Macro \S+ does not support the supplied arguments|UNNEST\(\) can only)/,
    facts: () => ({ code: 'compile/type-mismatch' }),
  },
];

/** Reads DuckDB's message of a binder error. */
export function readMessage(text: string): MessageFacts {
  const message = withoutCandidates(text);
  for (const { pattern, facts } of wordings) {
    const match = pattern.exec(text);
    if (match) return { message, ...facts(match) };
  }
  const quoted = /"([^"]+)"/.exec(message)?.[1];
  return { message, ...(quoted !== undefined && { subject: quoted }) };
}

/** The names that a message offers behind `Candidate bindings:`, `Candidate Entries:` and the like. */
export function candidatesIn(text: string): readonly string[] {
  const list = /\n\s*(?:Candidate [^:]+|Did you mean):?:?(.*)$/s.exec(text)?.[1] ?? '';
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
}

function withoutCandidates(text: string): string {
  const cut = text.search(/\n\s*(?:\n|\t|Candidate|Did you mean|LINE )/);
  const message = (cut < 0 ? text : text.slice(0, cut)).replace(/\s*\n\s*/g, ' ').trim();
  const plain = message.replace(/\. You might need to add explicit type casts\.$/, '.').replace(/!$/, '.');
  return sentence(plain);
}

/** With a capital and a full stop. */
export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?]$/.test(capital) ? capital : `${capital}.`;
}
