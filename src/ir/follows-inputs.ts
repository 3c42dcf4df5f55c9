import type { ManifestNode } from './manifest.js';
import type { NodeConfig } from './project.js';

/** Whether builds make the intervals of a table again of which its inputs have other rows: `late_rows: build`. */
export function followsInputs({ options }: NodeConfig): boolean {
  return options.late_rows === 'build';
}

/** Whether a node says of its rows when they happened, so that models by intervals read those of an interval. */
export function hasEventTime(node: ManifestNode | undefined): boolean {
  return node?.config.options.event_time !== undefined;
}
