import { own } from '../util/own.js';
import { checkedEnv, checkedVars } from './checked-record.js';
import type { Batch, ExpansionContext, TargetInfo } from './expansion-context.js';
import type { VarValues } from './project-types.js';
import { Relation } from './relation.js';
import { TemplateError } from './template-error.js';

/** What differs from model to model. Imported from a macro file, each name is bound to the model being expanded. */
export interface LiveValues {
  readonly self: Relation;
  readonly incremental: boolean;
  readonly batch: Batch | undefined;
  readonly vars: VarValues;
  readonly target: TargetInfo;
  readonly env: Readonly<Record<string, string>>;
}

export const liveNames = [
  'self',
  'incremental',
  'batch',
  'vars',
  'target',
  'env',
] as const satisfies (keyof LiveValues)[];

/** The values for one model. */
export function liveValues(context: ExpansionContext): LiveValues {
  return {
    self: new Relation(context.name, false),
    incremental: context.incremental,
    batch: context.batch,
    vars: checkedVars(context.vars, (name) => {
      for (const value of own(context.secretVars, name) ?? []) context.secrets.add(value);
    }) as VarValues,
    target: context.target,
    env: checkedEnv(context.env, (value) => context.secrets.add(value)),
  };
}

function unbound<T extends object>(name: string): T {
  const refuse = (): never => {
    throw new TemplateError(
      'template/macro-error',
      `"${name}" has no value while macro files are loaded.`,
      'read it inside the macro; in a test, call the macro in a function: expectSql(() => …).',
    );
  };
  return new Proxy({} as T, { get: refuse, has: refuse, ownKeys: refuse });
}

/** The values while macro files are loaded, when there is no model yet: reading one is an error. */
export const unboundValues: LiveValues = {
  self: new Relation('self', false),
  incremental: false,
  batch: undefined,
  vars: unbound('vars'),
  target: unbound('target'),
  env: unbound('env'),
};

/** The table of this model as the last run left it; no dependency. */
export let self: Relation = unboundValues.self;
/** True when this run only adds to the table. */
export let incremental = false;
/** The stretch of time of this run, for batched models. */
export let batch: Batch | undefined;
/** The variables of `etl.yml` and `--vars`. */
export let vars: VarValues = unboundValues.vars;
/** The target of this build: `target.name`. */
export let target: TargetInfo = unboundValues.target;
/** Environment variables; one without a value is an error that names it. */
export let env: Readonly<Record<string, string>> = unboundValues.env;

const listeners = new Map<string, (values: LiveValues) => void>();

/** Binds a copy of these names that lives in a bundle, by the bundle's URL. */
export function onLiveValues(url: string, listener: (values: LiveValues) => void): void {
  listeners.set(url, listener);
}

/** Makes these the values of every exported name here and in one bundle, and returns those that were here. */
export function bindLiveValues(values: LiveValues, bundleUrl: string | undefined): LiveValues {
  const before: LiveValues = { self, incremental, batch, vars, target, env };
  ({ self, incremental, batch, vars, target, env } = values);
  if (bundleUrl !== undefined) listeners.get(bundleUrl)?.(values);
  return before;
}
