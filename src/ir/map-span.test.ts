import { describe, expect, it } from 'vitest';
import type { Segment } from './expanded-model.js';
import { mapSpan } from './map-span.js';

const file = "-- é😀\nselect '😀', ${a()} as x,\n  ${b()}${c()} nope\n${b()}${b()}${b()}";
const results: Record<string, string> = { '${a()}': '1 +\n 2', '${b()}': '', '${c()}': 'y.z' };

function expand(): { sql: string; path: string; segments: Segment[] } {
  let sql = '';
  const segments: Segment[] = [];
  for (const match of file.matchAll(/\$\{.*?\}|[^$]+/g)) {
    const text = results[match[0]] ?? match[0];
    segments.push({
      kind: match[0].startsWith('$') ? 'expression' : 'text',
      outStart: sql.length,
      outEnd: sql.length + text.length,
      sourceStart: match.index,
      sourceEnd: match.index + match[0].length,
    });
    sql += text;
  }
  return { sql, path: 'models/m.sql', segments };
}

describe('mapSpan', () => {
  const model = expand();
  const mapped = (text: string) => {
    const start = model.sql.indexOf(text);
    const result = mapSpan(model, file, start, start + text.length);
    const { start: from, end: to } = result.span;
    return {
      text: file.slice(from.offset, to.offset),
      at: `${from.line}:${from.column}`,
      inside: result.insideExpression,
    };
  };

  it('maps text one to one, behind expressions and non-ASCII text too', () => {
    expect(mapped('select')).toEqual({ text: 'select', at: '2:1', inside: false });
    expect(mapped('as x')).toEqual({ text: 'as x', at: '2:21', inside: false });
    expect(mapped('nope')).toEqual({ text: 'nope', at: '3:16', inside: false });
  });

  it('maps all that an expression made to the expression', () => {
    expect(mapped('+')).toEqual({ text: '${a()}', at: '2:14', inside: true });
    expect(mapped('y.z')).toEqual({ text: '${c()}', at: '3:9', inside: true });
  });

  it('maps a stretch that crosses borders from its first to its last character', () => {
    expect(mapped("'😀', 1 +")).toEqual({ text: "'😀', ${a()}", at: '2:8', inside: false });
    expect(mapped('2 as x')).toEqual({ text: '${a()} as x', at: '2:14', inside: true });
  });

  it('maps the end of the SQL to the end of the last text that is not empty', () => {
    const { span, insideExpression } = mapSpan(model, file, model.sql.length);
    expect(span.start.offset).toBe(file.indexOf('nope') + 5);
    expect(insideExpression).toBe(false);
  });
});
