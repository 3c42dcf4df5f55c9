import type { Pin, PinnedColumn, PinnedSchema } from '../schema/pin.js';

/**
 * The text of `schemas/<table>.yml`: the same pin always gives the same text, one line a column (or a line
 * a field for nested ones), so that a pull request shows exactly what changed.
 */
export function printPin(pin: Pin): string {
  const lines = [
    `# The schema that readers of ${pin.table} rely on. Review it like a lockfile; \`etl pin ${pin.table}\` changes it.`,
    'format: 1',
    `table: ${yamlText(pin.table)}`,
    `mode: ${pin.mode}`,
    ...schemaLines(pin, ''),
    '# Ids are counted up from here and never used again, not even when a column goes.',
    `last_field_id: ${pin.lastFieldId}`,
  ];
  if (pin.history.length > 0) {
    lines.push(`# Earlier schemas, newest first: mode ${pin.mode} compares with all of them.`, 'history:');
    for (const old of pin.history) {
      const [first = '', ...rest] = schemaLines(old, '    ');
      lines.push(`  - ${first.trimStart()}`, ...rest);
    }
  }
  return `${lines.join('\n')}\n`;
}

function schemaLines(schema: PinnedSchema, indent: string): string[] {
  const keys =
    schema.partitionBy.length > 0 ? [`partition_by: [${schema.partitionBy.map(yamlText).join(', ')}]`] : [];
  const columns = schema.columns.flatMap(columnLines).map((line) => `  ${line}`);
  return [...keys, columns.length > 0 ? 'columns:' : 'columns: []', ...columns].map((line) => indent + line);
}

function columnLines({ fieldId, name, type, nullable, nestedIds }: PinnedColumn): readonly string[] {
  const entries = [
    `id: ${fieldId}`,
    `name: ${yamlText(name)}`,
    `type: ${yamlText(type)}`,
    ...(nullable ? [] : ['nullable: false']),
  ];
  const inside = Object.entries(nestedIds);
  if (inside.length === 0) return [`- { ${entries.join(', ')} }`];
  const block = [...entries, 'inside:', ...inside.map(([path, id]) => `  ${yamlText(path)}: ${id}`)];
  return block.map((line, i) => (i === 0 ? '- ' : '  ') + line);
}

/** A YAML scalar that every reader of YAML takes for this string: plain where that is beyond doubt. */
function yamlText(text: string): string {
  const isWord =
    /^[A-Za-z_][\w.]*( [A-Za-z]\w*)*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  if (isWord) return text;
  return /^[ -~\u00a1-\ud7ff]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}
