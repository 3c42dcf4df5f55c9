import { sqlTokens } from './sql-tokens.js';

const name = String.raw`\s*['"]([\w.]+)['"]\s*`;
const inGeneral = 'templates are TypeScript, in ${…}, and not Jinja: see docs/macros.md';

/** What to write instead, by what a person writes in dbt behind `{{` or `{%`. */
const instead: readonly (readonly [pattern: RegExp, hint: (match: RegExpExecArray) => string])[] = [
  [new RegExp(String.raw`^\{\{-?\s*ref\(${name}\)`), ([, model]) => `write ${model} or \${ref('${model}')}`],
  [
    new RegExp(String.raw`^\{\{-?\s*source\(${name},${name}\)`),
    ([, source, table]) => `write ${source}.${table} or \${source('${source}', '${table}')}`,
  ],
  [new RegExp(String.raw`^\{\{-?\s*var\(${name}`), ([, variable]) => `write \${vars.${variable}}`],
  [/^\{\{-?\s*this\b/, () => 'write ${self}'],
  [/^\{\{-?\s*config\(/, () => 'settings stand in the front matter: /* model … */'],
  [/^\{%-?\s*if\s+is_incremental/, () => 'write ${when(incremental, sql`…`)}'],
  [/^\{#/, () => 'comments are /* … */ or -- …'],
];

/** What to write instead of the first Jinja of a text that DuckDB cannot parse. */
export function jinjaHint(sql: string): string | undefined {
  for (const { kind, start } of sqlTokens(sql)) {
    if (kind !== 'symbol' || !/^\{[{%#]/.test(sql.slice(start, start + 2))) continue;
    const text = sql.slice(start);
    for (const [pattern, hint] of instead) {
      const match = pattern.exec(text);
      if (match) return hint(match);
    }
    return inGeneral;
  }
  return undefined;
}
