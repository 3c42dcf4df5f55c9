import type { PinChange } from '../ir/run-plan.js';
import { countOf } from '../util/format-units.js';
import { paint, type TextStyle } from '../util/text-style.js';
import { listOf } from './node-line.js';

/** Schema pins that changed: new ones in one line, each other with what changes. Ends without a line break. */
export function pinText(pins: readonly PinChange[], style: TextStyle): string {
  const created = pins.filter((pin) => pin.kind === 'create');
  const label = paint(style, 'cyan', 'PIN');
  const lines: string[] = [];
  if (created.length > 0) {
    const names = listOf(
      created.map(({ table }) => table),
      5,
    );
    const place = created.length === 1 ? created[0]!.path : 'schemas/';
    const what = `${countOf(created.length, 'new pin')}: ${names}`;
    lines.push(`${label}    ${what}  ${paint(style, 'dim', `commit ${place}`)}`);
  }
  for (const { kind, path, summary } of pins) {
    // A first pin has nothing to compare with, or says what became of the lake's columns.
    const sentences = kind === 'create' ? summary.slice(1) : summary;
    if (sentences.length === 0) continue;
    const hint = kind === 'delete' ? `${path} goes` : `commit ${path}`;
    sentences.forEach((sentence, i) => {
      lines.push(
        i === 0 ? `${label}    ${sentence}  ${paint(style, 'dim', hint)}` : `${' '.repeat(7)}${sentence}`,
      );
    });
  }
  return lines.join('\n');
}
