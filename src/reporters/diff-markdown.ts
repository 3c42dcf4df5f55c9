import type { SampleRow, TableDiff } from '../ir/table-diff.js';
import { countOf } from '../util/format-units.js';
import { own } from '../util/own.js';
import { rowsText } from './diff-text.js';

const longestCell = 60;

/** What differs between two versions of tables, as a comment in a pull request. Ends with a line break. */
export function diffMarkdown(diffs: readonly TableDiff[]): string {
  const shown = diffs.filter((diff) => !diff.isSame);
  if (shown.length === 0) return 'No differences.\n';
  const [{ from, to }] = shown as [TableDiff];
  const overview = [
    `**${countOf(shown.length, 'table differs', 'tables differ')}** between ${from.label} and ${to.label}.`,
    '',
    '| table | rows | columns that changed | schema |',
    '| --- | --- | --- | --- |',
    ...shown.map((diff) => `| ${[code(diff.table), ...cells(diff)].join(' | ')} |`),
  ];
  return `${[...overview, ...shown.flatMap(details)].join('\n')}\n`;
}

function cells({ schema, rows, ...diff }: TableDiff): readonly string[] {
  const columns = rows.columns.map(({ name, changedCount }) => `${code(name)} ${changedCount}`);
  const changes = schema.map((change) => plain(`${change.class}: ${change.message}`));
  return [rowsText({ schema, rows, ...diff }), columns.join(', '), changes.join('<br>')];
}

function details({ table, rows, notes }: TableDiff): readonly string[] {
  const { changed, added, removed } = rows.samples;
  const samples = [
    ...sampleTable('changed', changed),
    ...sampleTable('added', added),
    ...sampleTable('removed', removed),
  ];
  if (samples.length === 0 && notes.length === 0) return [];
  const noted = notes.flatMap((note) => ['', plain(note)]);
  return ['', `<details><summary>${inHtml(table)}</summary>`, ...noted, ...samples, '', '</details>'];
}

function sampleTable(what: string, sample: readonly SampleRow[]): readonly string[] {
  if (sample.length === 0) return [];
  const names = Object.keys(sample[0]!);
  return [
    '',
    `${what}:`,
    '',
    `| ${names.map(code).join(' | ')} |`,
    `| ${names.map(() => '---').join(' | ')} |`,
    ...sample.map((row) => `| ${names.map((name) => cell(own(row, name) ?? null)).join(' | ')} |`),
  ];
}

function cell(value: string | null): string {
  if (value === null) return '*NULL*';
  const short = value.length > longestCell ? `${value.slice(0, longestCell - 1)}…` : value;
  return plain(short);
}

function code(name: string): string {
  return `\`${name.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** Text between tags, where Markdown's escapes are shown as they are. */
function inHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** Text that GitHub must not take for markup. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#~@&]/g, '\\$&').replaceAll(/\r?\n/g, ' ');
}
