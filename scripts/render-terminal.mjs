// Draws terminal output with colours (ANSI) as an SVG, for the README.
// Usage: FORCE_COLOR=1 npx etl build 2>&1 | node scripts/render-terminal.mjs "npx etl build" docs/images/build.svg
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import stringWidth from 'string-width';

const [command = '', target = 'docs/images/terminal.svg'] = process.argv.slice(2);
const cell = { width: 8.4, height: 19 };
const padding = 18;
const titleHeight = 34;
const palette = ['#45475a', '#f38ba8', '#a6e3a1', '#f9e2af', '#89b4fa', '#cba6f7', '#94e2d5', '#bac2de'];
const foreground = '#cdd6f4';
const background = '#1e1e2e';
const dimmed = '#7f849c';

/** @typedef {{ color: string | undefined, bold: boolean, dim: boolean, underline: boolean }} Style */
/** @type {Style} */
const plain = { color: undefined, bold: false, dim: false, underline: false };

const input = readFileSync(0, 'utf8').trimEnd();
const lines = [[{ text: `$ ${command}`, style: { ...plain, bold: true } }], ...styledLines(input)];
const columns = Math.max(80, ...lines.map((line) => stringWidth(line.map(({ text }) => text).join(''))));
const width = Math.ceil(columns * cell.width + 2 * padding);
const height = titleHeight + lines.length * cell.height + padding;

mkdirSync(dirname(target), { recursive: true });
writeFileSync(
  target,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(`Output of ${command}`)}">
<rect width="${width}" height="${height}" rx="8" fill="${background}"/>
${['#f38ba8', '#f9e2af', '#a6e3a1'].map((color, i) => `<circle cx="${padding + 6 + i * 18}" cy="18" r="5.5" fill="${color}"/>`).join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${foreground}">
${lines.map(drawLine).filter(Boolean).join('\n')}
</g>
</svg>
`,
);

/** Splits text into lines of runs with one style each; escape sequences other than colours are dropped. */
function styledLines(/** @type {string} */ text) {
  let style = plain;
  return text.split(/\r?\n/).map((line) => {
    const runs = [];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is parsed here.
    for (const part of line.split(/(\x1b\[[0-9;?]*[A-Za-z])/)) {
      if (!part.startsWith('\x1b')) runs.push({ text: part, style });
      else if (part.endsWith('m')) style = changed(style, part.slice(2, -1).split(';').map(Number));
    }
    return runs.filter((run) => run.text !== '');
  });
}

/** @param {Style} style @param {readonly number[]} codes @returns {Style} */
function changed(style, codes) {
  let next = style;
  for (const code of codes) next = code === 0 ? plain : { ...next, ...effect(code) };
  return next;
}

/** @param {number} code @returns {Partial<Style>} */
function effect(code) {
  if (code === 1) return { bold: true };
  if (code === 2) return { dim: true };
  if (code === 4) return { underline: true };
  if (code === 22) return { bold: false, dim: false };
  if (code === 24) return { underline: false };
  if (code === 39) return { color: undefined };
  if (code === 90) return { color: dimmed };
  const isColor = (code >= 30 && code <= 37) || (code >= 91 && code <= 97);
  return isColor ? { color: palette[code % 10] } : {};
}

/** @param {readonly { text: string, style: Style }[]} line @param {number} row */
function drawLine(line, row) {
  const y = titleHeight + (row + 0.75) * cell.height;
  let column = 0;
  const runs = line.flatMap(({ text, style }) => {
    const start = column;
    column += stringWidth(text);
    // Each stretch stands at its own place, because viewers differ in what they make of several blanks.
    return [...text.matchAll(/\S+(?: \S+)*/g)].map((match) =>
      drawText(match[0], start + stringWidth(text.slice(0, match.index)), style),
    );
  });
  return runs.length > 0 ? `<text y="${y.toFixed(1)}">${runs.join('')}</text>` : '';
}

/** @param {string} text @param {number} column @param {Style} style */
function drawText(text, column, style) {
  const fill = style.color ?? (style.dim ? dimmed : undefined);
  // A fixed length keeps columns aligned whatever font the reader has.
  const attributes = [
    `x="${(padding + column * cell.width).toFixed(1)}"`,
    `textLength="${(stringWidth(text) * cell.width).toFixed(1)}"`,
    fill && `fill="${fill}"`,
    style.bold && 'font-weight="bold"',
    style.underline && 'text-decoration="underline"',
  ];
  return `<tspan ${attributes.filter(Boolean).join(' ')}>${escapeXml(text)}</tspan>`;
}

function escapeXml(/** @type {string} */ text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
