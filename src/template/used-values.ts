import { hash } from '../util/hash.js';
import { own } from '../util/own.js';
import type { ExpansionContext } from './expansion-context.js';

/** What the code of a transform may read while it runs, found in its text. */
export interface UsedValues {
  /** Variables by name; `all` where the code does more with `vars` than to read one by its name. */
  readonly vars: readonly string[] | 'all';
  /** Names that may be those of environment variables: they cannot be listed, so each must stand in the code. */
  readonly env: readonly string[];
  readonly target: boolean;
}

/** How esbuild writes the module that makes live values: which name each has in the bundle, and how it is bound. */
const provided =
  /var\{([^{}]*)\}=[\w$]+\.unbound;[\w$]+\.onLiveValues\(import\.meta\.url,[\w$]+=>\{\(\{[^{}]*\}=[\w$]+\)\}\);/;

/** @param code bundled without blanks and comments */
export function usedValues(code: string): UsedValues {
  const found = provided.exec(code);
  if (!found && !code.includes('.unbound')) return { vars: [], env: [], target: false };
  const rest = found ? code.replace(found[0], '') : code;
  const names = new Map(
    (found?.[1] ?? '').split(',').map((pair) => {
      const [name = '', local = name] = pair.split(':');
      return [name, local] as const;
    }),
  );
  const reads = (name: string) => readNames(rest, names.get(name) ?? name);
  const env = reads('env');
  return { vars: reads('vars'), env: env === 'all' ? words(rest) : env, target: reads('target').length > 0 };
}

/** The names of what is read of an object: `vars.x`, `vars["x"]`, `"x" in vars`. */
function readNames(code: string, object: string): readonly string[] | 'all' {
  const escaped = object.replaceAll('$', '\\$');
  // Behind a dot it is a property of something else, but for the three dots of a spread.
  const use = new RegExp(`(?<![\\w$])(?<!(?<!\\.\\.)\\.)${escaped}(?![\\w$])`, 'g');
  const names = new Set<string>();
  for (const { index } of code.matchAll(use)) {
    const behind = code.slice(index + object.length, index + object.length + longestName);
    const before = code.slice(Math.max(0, index - longestName), index);
    const name =
      /^\??\.([\w$]+)/.exec(behind) ??
      /^(?:\?\.)?\["([^"\\]+)"\]/.exec(behind) ??
      /"([^"\\]+)"in $/.exec(before);
    if (!name) return 'all';
    names.add(name[1]!);
  }
  return [...names].sort();
}

const longestName = 200;

function words(code: string): readonly string[] {
  return [...new Set(code.match(/\w*[A-Za-z]\w*/g))].sort();
}

/**
 * The hash of a transform's code and of the values that it may read. Values of the environment go in and cannot
 * be read back.
 */
export function codeWithValues(code: string, used: UsedValues, context: ExpansionContext): string {
  const { vars, target } = context;
  const names = usedVars(used, context);
  const values = [
    ...names.flatMap((name) => ['var', name, JSON.stringify(own(vars, name)) ?? '']),
    ...usedEnv(used, context).flatMap(([name, value]) => ['env', name, value]),
    ...(used.target ? ['target', target.name] : []),
  ];
  return values.length === 0 ? code : hash(code, ...values);
}

function usedVars({ vars: used }: UsedValues, { vars }: ExpansionContext): readonly string[] {
  return used === 'all' ? Object.keys(vars).sort() : used;
}

/** What the code may read and nobody is to see. */
export function usedSecrets(used: UsedValues, context: ExpansionContext): readonly string[] {
  const ofVars = usedVars(used, context).flatMap((name) => own(context.secretVars, name) ?? []);
  return [...usedEnv(used, context).map(([, value]) => value), ...ofVars];
}

/** The environment variables that have a value and that the code may read. */
export function usedEnv(
  used: UsedValues,
  { env }: ExpansionContext,
): readonly (readonly [name: string, value: string])[] {
  return used.env.flatMap((name) => {
    const value = own(env, name);
    return value === undefined ? [] : [[name, value] as const];
  });
}
