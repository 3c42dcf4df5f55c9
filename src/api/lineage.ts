import { columnLineage } from '../compiler/column-lineage.js';
import { edgesAbove, edgesBelow } from '../compiler/trace-columns.js';
import { errorDiagnostic, hasErrors, type Outcome } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/diagnostic-error.js';
import type { LineageReport } from '../ir/column-lineage.js';
import type { Manifest, ManifestNode } from '../ir/manifest.js';
import type { Column } from '../schema/table-schema.js';
import { hintAmong } from '../util/hint-among.js';
import { withCompiled } from './check.js';
import { readersOf } from './column-readers.js';
import type { ProjectOptions } from './options.js';

export interface LineageOptions extends ProjectOptions {
  /** A table as models name it, or a column of one: `fct_orders`, `fct_orders.net_usd`, `shop.orders.order_id`. */
  readonly name: string;
  /** How many steps a column is followed, both ways. Default: to the end. Of a table only the next step is told. */
  readonly depth?: number | undefined;
}

/** Follows columns through the project, as it is compiled now; nothing is run. Throws `DiagnosticError` for a wrong name. */
export function lineage(options: LineageOptions): Promise<Outcome<LineageReport | undefined>> {
  return withCompiled(options, async ({ workspace, compiled: { manifest }, diagnostics }) => {
    const found = findPart(manifest, options.name);
    if (!found && hasErrors(diagnostics)) return undefined;
    if (!found) throw unknownName(manifest, options.name);
    const { node, column } = found;
    const below = readersOf(manifest, [node.name]);
    const readers = [...below].filter((name) => manifest.nodes.get(name)!.inputs.includes(node.name));
    const names = column ? [...inputsOf(manifest, node.name), ...below] : [node.name, ...readers];
    const traced = await columnLineage(manifest, () => workspace.openBinder(), {
      names,
      memo: workspace.memo,
    });
    const columns = column ? [column] : node.schema.columns;
    const starts = columns.map(({ name }) => ({ table: node.name, column: name }));
    const depth = column ? options.depth : 1;
    const untraced = names.filter((name) => manifest.nodes.get(name)!.sql !== undefined && !traced.has(name));
    return {
      table: node.name,
      ...(column && { column: column.name }),
      kind: node.kind,
      path: node.path,
      columns,
      above: edgesAbove(traced, starts, depth),
      below: edgesBelow(traced, starts, depth),
      rows: traced.get(node.name)?.rows ?? [],
      inputs: node.inputs,
      readers,
      untraced,
    };
  });
}

/** A name may have dots, and so may a column: the longest table wins. */
function findPart(manifest: Manifest, text: string): { node: ManifestNode; column?: Column } | undefined {
  const wanted = text.toLowerCase();
  const nodes = [...manifest.nodes.values()].filter(
    ({ name }) => wanted === name.toLowerCase() || wanted.startsWith(`${name.toLowerCase()}.`),
  );
  for (const node of nodes.sort((a, b) => b.name.length - a.name.length)) {
    if (wanted === node.name.toLowerCase()) return { node };
    const rest = wanted.slice(node.name.length + 1);
    const column = node.schema.columns.find(({ name }) => name.toLowerCase() === rest);
    if (column) return { node, column };
  }
  return undefined;
}

function unknownName(manifest: Manifest, text: string): DiagnosticError {
  const near = [...manifest.nodes.values()].find(({ name }) =>
    text.toLowerCase().startsWith(`${name.toLowerCase()}.`),
  );
  if (!near) {
    const message = `There is no model, seed or source table "${text}", and no column of one.`;
    const hint = hintAmong(text, [...manifest.nodes.keys()]);
    return new DiagnosticError([errorDiagnostic('compile/unknown-model', message, hint)]);
  }
  const column = text.slice(near.name.length + 1);
  const names = near.schema.columns.map(({ name }) => name);
  const message = `${near.name} has no column "${column}".`;
  const hint = { hint: `etl lineage ${near.name} shows its columns`, ...hintAmong(column, names) };
  return new DiagnosticError([errorDiagnostic('compile/unknown-column', message, hint)]);
}

/** A node and all that it reads, directly or through others. */
function inputsOf(manifest: Manifest, name: string): ReadonlySet<string> {
  const found = new Set([name]);
  for (const each of found) {
    for (const input of manifest.nodes.get(each)?.inputs ?? []) found.add(input);
  }
  return found;
}
