import * as kysely from 'kysely';
import { liveNames, onLiveValues, unboundValues } from './live-values.js';
import { apiSymbol } from './macro-plugin.js';
import * as api from './public-api.js';

/** The names in scope of every expression that are the same for all models. */
export const fixedApi: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(api).filter(([name]) => !(liveNames as readonly string[]).includes(name)),
);

/**
 * Sources of the modules that macro files may import without the project having them installed: 'parquetry',
 * with live values as bindings that change with the model, and 'kysely'.
 */
export function providedModules(): Readonly<Record<string, string>> {
  const provided = `globalThis[Symbol.for(${JSON.stringify(apiSymbol.description)})]`;
  return {
    parquetry: `const api = ${provided};
export const { ${Object.keys(fixedApi).join(', ')} } = api.fixed;
export let { ${liveNames.join(', ')} } = api.unbound;
api.onLiveValues(import.meta.url, (live) => { ({ ${liveNames.join(', ')} } = live); });
`,
    kysely: `export const { ${Object.keys(kysely).join(', ')} } = ${provided}.kysely;\n`,
  };
}

/** Puts what those modules hand on where bundles look for it. */
export function provideApi(): void {
  const provided = { fixed: fixedApi, unbound: unboundValues, onLiveValues, kysely };
  (globalThis as Record<symbol, unknown>)[apiSymbol] = provided;
}
