import type { Connector } from '../ports/connector.js';
import { fileConnector } from './file.js';

/** Every connector that there is, by the name that sources.yml gives it. */
export const connectors = {
  file: fileConnector,
} as const satisfies Readonly<Record<string, Connector>>;
