import { basename, resolve } from 'node:path';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { PlainValue } from '../ir/plain-value.js';
import type { EngineSettings, Target, TextFile } from '../ir/project.js';
import { hintAmong } from '../util/hint-among.js';
import { own } from '../util/own.js';
import { etlSchema, partialEtlSchema, type WrittenEtl } from './etl-schema.js';
import { type FolderDefaults, readFolderDefaults } from './folder-defaults.js';
import { deferInterpolation, interpolate } from './interpolate.js';
import { modelDefaultsSchema, seedDefaultsSchema } from './node-schema.js';
import { orEmptyMap, type ReadContext } from './read-context.js';
import { wholeFile } from './read-text.js';
import { validate } from './validate.js';
import { readYaml, type YamlFile } from './yaml-file.js';
import { entriesOf, entryOf, fromPlain, toPlain, type YamlEntry, type YamlNode } from './yaml-node.js';

export interface EtlFile {
  readonly name: string;
  readonly target: Target;
  readonly targetNames: readonly string[];
  readonly engine: EngineSettings;
  /** The map of variables, for interpolation elsewhere. */
  readonly vars: YamlNode;
  readonly modelDefaults: FolderDefaults;
  readonly seedDefaults: FolderDefaults;
}

export interface EtlChoices {
  /** From --target. */
  readonly targetName: string | undefined;
  /** From --vars. */
  readonly vars: Readonly<Record<string, PlainValue>>;
  readonly materializations: readonly string[];
  /** Why a project with these targets can have no lake at an address: the end of a sentence. */
  readonly placeError:
    | ((
        address: string,
        targets: readonly string[],
      ) => { readonly where: string; readonly hint?: string } | undefined)
    | undefined;
}

const defaultLake = '.etl/lake';

/** Reads `etl.yml` for one target. Only that target's settings need their environment variables. */
export async function readEtlFile(
  text: TextFile,
  choices: EtlChoices,
  context: ReadContext,
): Promise<EtlFile> {
  const { diagnostics, env } = context;
  const file = await readYaml(wholeFile(text), context.memo, diagnostics);
  const written = orEmptyMap(file.root);
  const varsOf = (ofTarget: YamlNode, about: ReadContext) =>
    readVars(entryOf(written, 'vars'), file, { ofTarget, given: choices.vars }, about);

  const defaultEntry = entryOf(written, 'default_target');
  const targets = entriesOf(entryOf(written, 'targets')?.value);
  // The target is not known before, so its own variables have no say in it.
  const anyVars = defaultEntry && varsOf(emptyMap, { ...context, diagnostics: [] });
  const defaultScope = { env, vars: anyVars, owner: 'The default target' };
  const filledDefault = defaultEntry && interpolate(defaultEntry.value, file, defaultScope, diagnostics);
  const targetName = choices.targetName ?? defaultTarget(filledDefault, targets);
  const problems: Diagnostic[] = [];
  const aboutTarget = <T>(read: () => T): T => {
    const count = diagnostics.length;
    const result = read();
    problems.push(...diagnostics.slice(count));
    return result;
  };
  const ofTarget = aboutTarget(() => readTargetVars(targetName, targets, written, file, context));
  const vars = varsOf(ofTarget, context);
  const fill = (node: YamlNode, owner: string) => interpolate(node, file, { env, vars, owner }, diagnostics);
  const fillTarget = (node: YamlNode, name: string) =>
    mapEntries(node, ({ key, value }) => (key === 'vars' ? ofTarget : fill(value, `Target "${name}"`)));
  const root: YamlNode = mapEntries(written, (entry) => {
    if (entry.key === 'vars') return vars;
    if (entry.key === 'default_target') return filledDefault!;
    if (entry.key !== 'targets') return fill(entry.value, `"${entry.key}" in etl.yml`);
    return mapEntries(entry.value, ({ key, value }) =>
      orEmptyMap(key === targetName ? aboutTarget(() => fillTarget(value, key)) : deferInterpolation(value)),
    );
  });
  const what = { what: 'etl.yml' };
  const valid: WrittenEtl | undefined = (
    validate(etlSchema, root, file, what, diagnostics) ?? validate(partialEtlSchema, root, file, what, [])
  )?.value;
  aboutTarget(() =>
    checkTarget(targetName, choices.targetName, defaultEntry, filledDefault, targets, file, context),
  );
  const names = targets.map(({ key }) => key);
  for (const { key, value } of entriesOf(entryOf(root, 'targets')?.value)) {
    const check = () => diagnostics.push(...lakeErrors(value, names, file, choices.placeError));
    if (key === targetName) aboutTarget(check);
    else check();
  }
  const defaults = (folder: 'models' | 'seeds', schema: Parameters<typeof readFolderDefaults>[3]) =>
    readFolderDefaults(folder, entryOf(root, folder)?.value, file, schema, context);
  return {
    name: valid?.name ?? basename(context.rootDir),
    target: {
      ...toTarget(targetName, own(valid?.targets, targetName), context.rootDir),
      ...lakeSpan(targets.find(({ key }) => key === targetName)?.value, file),
      ...(problems.length > 0 && { problems }),
    },
    targetNames: targets.length > 0 ? targets.map(({ key }) => key) : [targetName],
    engine: toEngine(valid?.engine, entryOf(entryOf(root, 'engine')?.value, 'init')?.value, file),
    vars,
    modelDefaults: defaults('models', modelDefaultsSchema(choices.materializations)),
    seedDefaults: defaults('seeds', seedDefaultsSchema),
  };
}

function mapEntries(node: YamlNode, value: (entry: YamlEntry) => YamlNode): YamlNode {
  if (node.kind !== 'map') return node;
  return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: value(entry) })) };
}

const emptyMap: YamlNode = { kind: 'map', entries: [], start: 0, end: 0 };

interface VarValues {
  readonly ofTarget: YamlNode;
  /** From --vars. */
  readonly given: EtlChoices['vars'];
}

function readVars(
  entry: YamlEntry | undefined,
  file: YamlFile,
  { ofTarget, given }: VarValues,
  { env, diagnostics }: ReadContext,
): YamlNode {
  const written = entry ? orEmptyMap(entry.value) : emptyMap;
  const names = entriesOf(written).map(({ key }) => key);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const message = `--vars sets "${name}", which etl.yml does not define.`;
    diagnostics.push(errorDiagnostic('project/unknown-var', message, hintAmong(name, names)));
  }
  const scope = { env, vars: undefined, owner: '"vars" in etl.yml' };
  return mapEntries(written, ({ key, value }) =>
    Object.hasOwn(given, key)
      ? fromPlain(own(given, key)!, value.start, value.end)
      : (entryOf(ofTarget, key)?.value ?? interpolate(value, file, scope, diagnostics)),
  );
}

/** The variables that a target has values of its own for. They are named for all targets under "vars:". */
function readTargetVars(
  target: string,
  targets: readonly YamlEntry[],
  etl: YamlNode,
  file: YamlFile,
  { env, diagnostics }: ReadContext,
): YamlNode {
  const names = entriesOf(entryOf(etl, 'vars')?.value).map(({ key }) => key);
  const entry = targets.find(({ key }) => key === target);
  const written = entry && entryOf(entry.value, 'vars');
  if (!written) return emptyMap;
  for (const each of entriesOf(written.value)) {
    if (names.includes(each.key)) continue;
    const message = `Target "${target}" sets "${each.key}", which "vars" in etl.yml does not define.`;
    const hint = hintAmong(each.key, names);
    diagnostics.push(errorDiagnostic('project/unknown-var', message, { span: file.keySpan(each), ...hint }));
  }
  return interpolate(
    orEmptyMap(written.value),
    file,
    { env, vars: undefined, owner: `Target "${target}"` },
    diagnostics,
  );
}

function defaultTarget(node: YamlNode | undefined, targets: readonly YamlEntry[]): string {
  const written = node && toPlain(node);
  if (typeof written === 'string') return written;
  const names = targets.map(({ key }) => key);
  return names.length === 0 || names.includes('dev') ? 'dev' : names[0]!;
}

function checkTarget(
  name: string,
  asked: string | undefined,
  defaultEntry: YamlEntry | undefined,
  filledDefault: YamlNode | undefined,
  targets: readonly YamlEntry[],
  file: YamlFile,
  { diagnostics }: ReadContext,
): void {
  const names = targets.map(({ key }) => key);
  if (names.includes(name) || (names.length === 0 && name === 'dev')) return;
  const isSecret = asked === undefined && filledDefault?.kind === 'scalar' && filledDefault.secret;
  const span = asked === undefined && defaultEntry ? file.span(defaultEntry.value) : undefined;
  const message = isSecret
    ? 'What the environment gives as the default target is not one of the targets.'
    : `There is no target "${name}" in etl.yml.`;
  const hint = isSecret ? { hint: `one of ${names.join(', ')}` } : hintAmong(name, names);
  diagnostics.push(errorDiagnostic('project/unknown-target', message, { ...(span && { span }), ...hint }));
}

/** A folder's name may hold nearly anything, so that a lake elsewhere must not be taken for one. */
function lakeErrors(
  target: YamlNode,
  targets: readonly string[],
  file: YamlFile,
  placeError: EtlChoices['placeError'],
): readonly Diagnostic[] {
  const lake = entryOf(target, 'lake')?.value;
  if (lake?.kind !== 'scalar' || lake.unresolved || typeof lake.value !== 'string') return [];
  const { where, ...hint } = placeError?.(lake.value, targets) ?? {};
  if (where === undefined) return [];
  return [
    errorDiagnostic('project/bad-place', `A lake cannot be ${where}.`, { span: file.span(lake), ...hint }),
  ];
}

type WrittenTarget = NonNullable<WrittenEtl['targets']>[string];

function toTarget(name: string, written: WrittenTarget | undefined, rootDir: string): Target {
  const lake = written?.lake ?? defaultLake;
  return {
    name,
    lake: lake.startsWith('s3://') ? lake.replace(/\/+$/, '') : resolve(rootDir, lake),
    ...(written?.s3 && { s3: written.s3 as Readonly<Record<string, PlainValue>> }),
  };
}

function lakeSpan(target: YamlNode | undefined, file: YamlFile): Pick<Target, 'lakeSpan'> {
  const lake = entryOf(target, 'lake')?.value;
  return lake ? { lakeSpan: file.span(lake) } : {};
}

function toEngine(written: WrittenEtl['engine'], init: YamlNode | undefined, file: YamlFile): EngineSettings {
  return {
    ...(written?.threads !== undefined && { threads: written.threads }),
    ...(written?.memory_limit !== undefined && { memoryLimit: written.memory_limit.trim() }),
    ...(written?.init !== undefined && { init: written.init }),
    ...(written?.init !== undefined && init && { initSpan: file.span(init) }),
    ...(init?.kind === 'scalar' && init.secret && { initIsSecret: true }),
  };
}
