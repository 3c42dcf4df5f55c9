import { basename, resolve } from 'node:path';
import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { EngineSettings, PlainValue, Target, TextFile } from '../ir/project.js';
import { own } from '../util/own.js';
import { etlSchema, partialEtlSchema, type WrittenEtl } from './etl-schema.js';
import { type FolderDefaults, readFolderDefaults } from './folder-defaults.js';
import { deferInterpolation, interpolate } from './interpolate.js';
import { modelDefaultsSchema, seedDefaultsSchema } from './node-schema.js';
import { orEmptyMap, type ReadContext } from './read-context.js';
import { wholeFile } from './read-text.js';
import { hintAmong, validate } from './validate.js';
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
  const vars = readVars(entryOf(written, 'vars'), file, choices.vars, context);
  const fill = (node: YamlNode, owner: string) => interpolate(node, file, { env, vars, owner }, diagnostics);

  const defaultEntry = entryOf(written, 'default_target');
  const filledDefault = defaultEntry && fill(defaultEntry.value, 'The default target');
  const targets = entriesOf(entryOf(written, 'targets')?.value);
  const targetName = choices.targetName ?? defaultTarget(filledDefault, targets);
  const problems: Diagnostic[] = [];
  const aboutTarget = <T>(read: () => T): T => {
    const count = diagnostics.length;
    const result = read();
    problems.push(...diagnostics.slice(count));
    return result;
  };
  const root: YamlNode = mapEntries(written, (entry) => {
    if (entry.key === 'vars') return vars;
    if (entry.key === 'default_target') return filledDefault!;
    if (entry.key !== 'targets') return fill(entry.value, `"${entry.key}" in etl.yml`);
    return mapEntries(entry.value, ({ key, value }) =>
      orEmptyMap(
        key === targetName ? aboutTarget(() => fill(value, `Target "${key}"`)) : deferInterpolation(value),
      ),
    );
  });
  const what = { what: 'etl.yml' };
  const valid: WrittenEtl | undefined = (
    validate(etlSchema, root, file, what, diagnostics) ?? validate(partialEtlSchema, root, file, what, [])
  )?.value;
  aboutTarget(() =>
    checkTarget(targetName, choices.targetName, defaultEntry, filledDefault, targets, file, context),
  );
  const defaults = (folder: 'models' | 'seeds', schema: Parameters<typeof readFolderDefaults>[3]) =>
    readFolderDefaults(folder, entryOf(root, folder)?.value, file, schema, context);
  return {
    name: valid?.name ?? basename(context.rootDir),
    target: {
      ...toTarget(targetName, own(valid?.targets, targetName), context.rootDir),
      ...(problems.length > 0 && { problems }),
    },
    targetNames: targets.length > 0 ? targets.map(({ key }) => key) : [targetName],
    engine: toEngine(valid?.engine),
    vars,
    modelDefaults: defaults('models', modelDefaultsSchema(choices.materializations)),
    seedDefaults: defaults('seeds', seedDefaultsSchema),
  };
}

function mapEntries(node: YamlNode, value: (entry: YamlEntry) => YamlNode): YamlNode {
  if (node.kind !== 'map') return node;
  return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: value(entry) })) };
}

function readVars(
  entry: YamlEntry | undefined,
  file: YamlFile,
  given: EtlChoices['vars'],
  { env, diagnostics }: ReadContext,
): YamlNode {
  const empty: YamlNode = { kind: 'map', entries: [], start: 0, end: 0 };
  const written = entry ? orEmptyMap(entry.value) : empty;
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
      : interpolate(value, file, scope, diagnostics),
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

type WrittenTarget = NonNullable<WrittenEtl['targets']>[string];

function toTarget(name: string, written: WrittenTarget | undefined, rootDir: string): Target {
  const lake = written?.lake ?? defaultLake;
  return {
    name,
    lake: lake.startsWith('s3://') ? lake.replace(/\/+$/, '') : resolve(rootDir, lake),
    ...(written?.s3 && { s3: written.s3 as Readonly<Record<string, PlainValue>> }),
  };
}

function toEngine(written: WrittenEtl['engine']): EngineSettings {
  return {
    ...(written?.threads !== undefined && { threads: written.threads }),
    ...(written?.memory_limit !== undefined && { memoryLimit: written.memory_limit.trim() }),
    ...(written?.init !== undefined && { init: written.init }),
  };
}
