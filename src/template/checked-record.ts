import { nearest } from '../util/nearest.js';
import { own } from '../util/own.js';
import { TemplateError } from './template-error.js';

// Kysely, promises and test runners look for these on any object.
const probed = new Set<PropertyKey>([
  'then',
  'toJSON',
  'constructor',
  'toOperationNode',
  '$$typeof',
  'asymmetricMatch',
]);

/** The variables of a project; reading one that does not exist throws and names the nearest. */
export function checkedVars<T extends object>(vars: T, onRead: (name: string) => void): T {
  return new Proxy(vars, {
    get(target, key) {
      if (typeof key === 'string') onRead(key);
      if (key in target || typeof key === 'symbol' || probed.has(key)) return Reflect.get(target, key);
      const close = nearest(key, Object.keys(target));
      throw new TemplateError(
        'project/unknown-var',
        `There is no variable "${key}".`,
        close === undefined ? `define it under vars: in etl.yml.` : `did you mean "${close}"?`,
      );
    },
  });
}

/**
 * Environment variables; reading one that has no value throws. Its values cannot be listed, and each one
 * read is handed to `onRead`, so that no message shows it.
 */
export function checkedEnv(
  env: Readonly<Record<string, string | undefined>>,
  onRead: (value: string) => void,
): Readonly<Record<string, string>> {
  return new Proxy({} as Record<string, string>, {
    get(_, key) {
      if (typeof key === 'symbol' || probed.has(key)) return undefined;
      const value = own(env, key);
      if (value === undefined) {
        throw new TemplateError(
          'project/missing-env',
          `The environment variable ${key} is not set.`,
          `set it, or test for it first: '${key}' in env.`,
        );
      }
      onRead(value);
      return value;
    },
    has: (_, key) => typeof key === 'string' && own(env, key) !== undefined,
  });
}
