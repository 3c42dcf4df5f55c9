import { LineIndex, type Span } from '../diagnostics/span.js';
import type { ExpandedModel, Segment } from './expanded-model.js';

/** Where a stretch of expanded SQL comes from in the file that a person wrote. */
export interface MappedSpan {
  readonly span: Span;
  /** True when it starts in SQL that `${…}` produced: the diagnostic then wants an excerpt of the expanded SQL. */
  readonly insideExpression: boolean;
}

/**
 * Maps UTF-16 offsets in a model's expanded SQL to the model's file. Text maps one to one; whatever lies
 * in the result of a `${…}` maps to the whole `${…}`. `end` is exclusive and defaults to `start`.
 */
export function mapSpan(
  model: Pick<ExpandedModel, 'path' | 'segments'>,
  fileText: string,
  start: number,
  end: number = start,
): MappedSpan {
  const lines = new LineIndex(fileText);
  const first = segmentAt(model.segments, start);
  if (!first) return { span: lines.span(model.path, start, end), insideExpression: false };
  const last = end > start ? (segmentAt(model.segments, end - 1) ?? first) : first;
  const inside = first.kind === 'expression';
  const sourceStart = inside ? first.sourceStart : first.sourceStart + (start - first.outStart);
  const sourceEnd = last.kind === 'expression' ? last.sourceEnd : last.sourceStart + (end - last.outStart);
  return {
    span: lines.span(model.path, sourceStart, Math.max(sourceStart, sourceEnd)),
    insideExpression: inside,
  };
}

/** The segment that holds the character at `offset`; behind the end, the last one that holds any. */
function segmentAt(segments: readonly Segment[], offset: number): Segment | undefined {
  let low = 0;
  let high = segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.outStart > offset) high = middle - 1;
    else low = middle + 1;
  }
  while (high > 0 && segments[high]!.outStart === segments[high]!.outEnd) high--;
  return segments[Math.max(0, high)];
}
