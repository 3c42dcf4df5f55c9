import { liveNames, onLiveValues, unboundValues } from './live-values.js';
import { apiSymbol } from './macro-plugin.js';
import * as api from './public-api.js';

/** The names in scope of every expression that are the same for all models. */
export const fixedApi: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(api).filter(([name]) => !(liveNames as readonly string[]).includes(name)),
);

/**
 * Source of the module that macro files import as 'parquetry': the running tool's own functions, and its
 * live values as bindings that change with the model.
 */
export function apiModuleSource(): string {
  const access = `globalThis[Symbol.for(${JSON.stringify(apiSymbol.description)})]`;
  return `const api = ${access};
export const { ${Object.keys(fixedApi).join(', ')} } = api.fixed;
export let { ${liveNames.join(', ')} } = api.unbound;
api.onLiveValues(import.meta.url, (live) => { ({ ${liveNames.join(', ')} } = live); });
`;
}

/** Puts the API where bundles look for it. */
export function provideApi(): void {
  (globalThis as Record<symbol, unknown>)[apiSymbol] = {
    fixed: fixedApi,
    unbound: unboundValues,
    onLiveValues,
  };
}
