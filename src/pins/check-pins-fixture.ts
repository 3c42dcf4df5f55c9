import { renderDiagnostics } from '../diagnostics/render-diagnostics.js';
import type { CompatibilityMode } from '../schema/compatibility.js';
import { type CheckPinsInput, checkPins } from './check-pins.js';
import { parsePin } from './parse-pin.js';
import type { PinFile } from './pin-file.js';
import type { PinnedTable } from './pinned-table.js';

/** `id BIGINT NOT NULL; amount DECIMAL(18,2)`, with partition keys after a bar. */
export function table(name: string, text: string, more: Partial<PinnedTable> = {}): PinnedTable {
  const [columns = '', keys = ''] = text.split('|');
  return {
    table: name,
    schema: {
      columns: columns.split(';').map((column) => {
        const [, column_ = '', type = '', required] = /^\s*(\S+)\s+(.*?)( NOT NULL)?\s*$/.exec(column)!;
        return { name: column_, type, nullable: required === undefined };
      }),
      partitionBy: keys.split(',').flatMap((key) => key.trim() || []),
    },
    renames: {},
    columnSpans: {},
    ...more,
  };
}

export const orders =
  'id BIGINT NOT NULL; amount DECIMAL(18,2); items STRUCT(sku VARCHAR, n INTEGER)[]; month VARCHAR | month';

/** The pin files that a project with these tables has. */
export function pinned(
  tables: readonly PinnedTable[],
  mode: CompatibilityMode = 'forward',
): ReadonlyMap<string, PinFile> {
  const { updates } = check(tables, { defaultMode: mode });
  return new Map(updates.map((update) => [update.table, parsePin(update.path, update.text!).value!]));
}

export function check(tables: readonly PinnedTable[], more: Partial<CheckPinsInput> = {}) {
  return checkPins({
    tables,
    pins: new Map(),
    defaultMode: 'forward',
    frozen: false,
    consumers: (name, column) =>
      name === 'orders' && column !== 'month' ? ['revenue', 'weekly_report'] : [],
    ...more,
  });
}

/** What a person sees. */
export function shown(input: ReturnType<typeof check>, pins: ReadonlyMap<string, PinFile>): string {
  const style = { color: false, unicode: true, width: 110 };
  return renderDiagnostics(
    input.diagnostics,
    style,
    (path) => [...pins.values()].find((pin) => pin.path === path)?.text,
  );
}
