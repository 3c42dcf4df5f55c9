import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { ManifestNode } from '../ir/manifest.js';
import { endOfTime, floorToGrain, parseTime, type TimeGrain } from '../util/time-grain.js';
import { textOption } from './read-options.js';

/** The warning of a model built by intervals whose first one has not come yet: it may be meant, or a mistyped year. */
export function laterBegin(
  { name, config, configSpans }: ManifestNode,
  nowMs: number,
): readonly Diagnostic[] {
  const begin = textOption(config, 'begin');
  const interval = textOption(config, 'interval');
  if (config.options.strategy !== 'time_range' || begin === undefined || interval === undefined) return [];
  const beginMs = parseTime(begin);
  // One that no interval reaches is an error.
  if (beginMs === undefined || beginMs >= parseTime(endOfTime)!) return [];
  if (floorToGrain(interval as TimeGrain, beginMs) <= nowMs) return [];
  const span = configSpans?.begin;
  const message = `${name} begins at ${begin}, which is in the future: nothing before that is built.`;
  const hint = 'is the year wrong? Until then the table gets no rows, and a full refresh empties it';
  return [warningDiagnostic('compile/invalid-config', message, { ...(span && { span }), hint })];
}
