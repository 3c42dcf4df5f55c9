/** What a text output can show. */
export interface TextStyle {
  readonly color: boolean;
  /** False where box characters and symbols must be ASCII. */
  readonly unicode: boolean;
  /** Columns; Infinity for a file or pipe. */
  readonly width: number;
}

export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan';

const codes: Readonly<Record<Paint, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
};

/**
 * Colours a text when the output has colours. (`util.styleText` of newer Node versions looks at the
 * environment again, and would overrule `--color`.)
 */
export function paint(style: TextStyle, format: Paint, text: string): string {
  if (!style.color || text === '') return text;
  const [open, close] = codes[format];
  return `\x1b[${open}m${text}\x1b[${close}m`;
}
