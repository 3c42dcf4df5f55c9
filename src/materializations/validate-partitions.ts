import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import { nearest } from '../util/nearest.js';

/** Every column of `partition_by` is one of the result and can name a folder, and at least one column is not. */
export function validatePartitions(node: ManifestNode): readonly Diagnostic[] {
  const names = node.schema.columns.map((c) => c.name);
  const known = new Set(names.map((n) => n.toLowerCase()));
  const missing = node.config.partitionBy.filter((column) => !known.has(column.toLowerCase()));
  const diagnostics = missing.map((column) => {
    const suggestion = nearest(column, names);
    return errorDiagnostic(
      'compile/invalid-config',
      `${node.name} is partitioned by "${column}", which is not one of its columns.`,
      {
        ...spanOf(node, 'partition_by'),
        hint: suggestion ? `did you mean "${suggestion}"?` : `its columns are ${names.join(', ')}`,
      },
    );
  });
  diagnostics.push(...namedTwice(node));
  for (const column of node.config.partitionBy) {
    const type = node.schema.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())?.type;
    if (type !== 'BLOB') continue;
    diagnostics.push(
      errorDiagnostic(
        'compile/invalid-config',
        `${node.name} is partitioned by "${column}", which is BLOB: bytes cannot name a folder.`,
        { ...spanOf(node, 'partition_by'), hint: `partition by \`hex(${column})\` as a column of its own` },
      ),
    );
  }
  const count = new Set(node.config.partitionBy.map((column) => column.toLowerCase())).size;
  if (missing.length === 0 && names.length > 0 && count >= names.length) {
    diagnostics.push(
      errorDiagnostic('compile/invalid-config', `${node.name} is partitioned by all of its columns.`, {
        ...spanOf(node, 'partition_by'),
        hint: 'leave at least one column out of partition_by',
      }),
    );
  }
  return diagnostics;
}

function namedTwice(node: ManifestNode): readonly Diagnostic[] {
  const seen = new Set<string>();
  return node.config.partitionBy.flatMap((column, i) => {
    const isFirst = !seen.has(column.toLowerCase());
    seen.add(column.toLowerCase());
    if (isFirst) return [];
    return errorDiagnostic('compile/invalid-config', `${node.name} is partitioned by "${column}" twice.`, {
      ...spanOf(node, `partition_by.${i}`),
      hint: 'name each column once in partition_by (upper and lower case are the same to SQL)',
    });
  });
}

/** What holds no rows cannot be partitioned or published. */
export function storesNoRows(node: ManifestNode): readonly Diagnostic[] {
  const { materialized, partitionBy, publish } = node.config;
  const wrong = [...(partitionBy.length > 0 ? ['partition_by'] : []), ...(publish ? ['publish'] : [])];
  return wrong.map((key) =>
    errorDiagnostic(
      'compile/invalid-config',
      `${node.name} is materialized as ${materialized}, which has no rows of its own, so "${key}" has no meaning.`,
      {
        ...spanOf(node, key),
        hint: `write "materialized: table", or leave "${key}" out`,
      },
    ),
  );
}

function spanOf(node: ManifestNode, key: string) {
  const span = node.configSpans?.[key];
  return span ? { span } : {};
}
