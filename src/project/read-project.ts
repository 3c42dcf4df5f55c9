import { basename } from 'node:path';
import { byPlace, type Diagnostic, errorDiagnostic, type Outcome } from '../diagnostics/diagnostic.js';
import type { PlainValue } from '../ir/plain-value.js';
import type { ModelFile, Project, SeedFile, SourceTable, TestFile, TextFile } from '../ir/project.js';
import type { Memo } from '../ports/memo.js';
import { ignoredFiles } from './ignored-files.js';
import { checkName, NameRegistry } from './names.js';
import { listProjectFiles, type ProjectFiles } from './project-files.js';
import type { ReadContext } from './read-context.js';
import { type EtlChoices, type EtlFile, readEtlFile } from './read-etl-file.js';
import { ModelReader } from './read-model-file.js';
import { readSeedFile } from './read-seed-file.js';
import { type ConnectorSchemas, readSourcesFile } from './read-sources-file.js';
import { readTestFile } from './read-test-file.js';
import { type KnownTexts, readText, startOf } from './read-text.js';
import { readUnitTests } from './read-unit-tests.js';
import { secretVars } from './secret-values.js';
import { toPlain } from './yaml-node.js';

export interface ReadProjectOptions {
  /** The folder that holds `etl.yml`. */
  readonly rootDir: string;
  /** Default: the project's default target. */
  readonly targetName?: string;
  /** From the command line, over those of `etl.yml`. */
  readonly vars?: Readonly<Record<string, PlainValue>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly connectors: readonly ConnectorSchemas[];
  /** Names that `materialized:` takes. */
  readonly materializations: readonly string[];
  /** Why no lake can be at an address. Default: it can be anywhere. */
  readonly placeError?: EtlChoices['placeError'];
  readonly memo?: Memo;
  /** What an earlier reading of the same project left, and this one adds to. */
  readonly texts?: KnownTexts;
  /** Picks the files under `models/` to read, of all their paths. Default: all. */
  readonly pickModels?: (paths: readonly string[]) => readonly string[];
}

/**
 * Reads everything that a project's files say and reports everything that is wrong with them, in one go. A
 * project with errors still is as complete as it can be; it is undefined only when there is no `etl.yml`.
 */
export async function readProject(options: ReadProjectOptions): Promise<Outcome<Project | undefined>> {
  const diagnostics: Diagnostic[] = [];
  const files = listProjectFiles(options.rootDir);
  const etl = files.settings.includes('etl.yml') && readText(options.rootDir, 'etl.yml', diagnostics);
  if (!etl) {
    if (diagnostics.length === 0) diagnostics.push(notFound(options.rootDir));
    return { value: undefined, diagnostics };
  }
  const reader = new ProjectReader(options, files, diagnostics);
  const value = await reader.read(etl);
  return { value, diagnostics: diagnostics.sort(byPlace) };
}

function notFound(rootDir: string): Diagnostic {
  return errorDiagnostic('project/not-found', `There is no etl.yml in ${rootDir}.`, {
    hint: 'run "etl init" to make a project, or name its folder with --project-dir',
  });
}

class ProjectReader {
  /** A seed takes its rows from a file, so no model can be one. */
  readonly #materializations: readonly string[];

  constructor(
    private readonly options: ReadProjectOptions,
    private readonly files: ProjectFiles,
    private readonly diagnostics: Diagnostic[],
  ) {
    this.#materializations = options.materializations.filter((name) => name !== 'seed');
  }

  async read(etlText: TextFile): Promise<Project> {
    const { rootDir, env, memo, targetName, vars = {}, placeError } = this.options;
    const bare: ReadContext = { rootDir, env, memo, vars: undefined, diagnostics: this.diagnostics };
    const etl = await readEtlFile(
      etlText,
      { targetName, vars, materializations: this.#materializations, placeError },
      bare,
    );
    const context = { ...bare, vars: etl.vars };
    for (const path of this.files.brokenLinks) {
      const message = `${path} is a link that leads out of the project or nowhere.`;
      this.diagnostics.push(errorDiagnostic('project/unreadable-file', message, { span: startOf(path) }));
    }
    for (const { path, code } of this.files.closedFolders) {
      const message = `The folder ${path} cannot be listed: ${code}.`;
      this.diagnostics.push(errorDiagnostic('project/unreadable-file', message));
    }
    const sources = await this.#sources(etl.targetNames, context);
    const seeds = await this.#seeds(etl, context);
    const models = await this.#models(etl, context);
    const tests = await this.#tests(context);
    const unitTests = await readUnitTests(this.#texts(this.files.unitTests), tests, context);
    const named = this.#named(seeds, models);
    const macros = this.#texts(this.files.macros);
    const code = [...macros, ...models.filter(({ language }) => language === 'ts')];
    this.diagnostics.push(...ignoredFiles(this.files.ignored, code));
    return {
      name: etl.name,
      rootDir,
      target: etl.target,
      targetNames: etl.targetNames,
      vars: toPlain(etl.vars) as Project['vars'],
      secretVars: secretVars(etl.vars),
      engine: etl.engine,
      sources,
      seeds: seeds.filter((seed) => named.has(seed)),
      models: models.filter((model) => named.has(model)),
      tests,
      unitTests,
      macros,
      sqlMacros: this.#texts(this.files.sqlMacros),
    };
  }

  #texts(paths: readonly string[]): readonly TextFile[] {
    const { rootDir, texts } = this.options;
    return paths.flatMap((path) => readText(rootDir, path, this.diagnostics, texts) ?? []);
  }

  async #sources(targetNames: readonly string[], context: ReadContext): Promise<readonly SourceTable[]> {
    const [text] = this.#texts(this.files.settings.filter((path) => path === 'sources.yml'));
    return text ? await readSourcesFile(text, this.options.connectors, targetNames, context) : [];
  }

  async #models(etl: EtlFile, context: ReadContext): Promise<readonly ModelFile[]> {
    const reader = new ModelReader(etl.modelDefaults, this.#materializations, context);
    const models: ModelFile[] = [];
    const { pickModels = (paths) => paths } = this.options;
    for (const text of this.#texts(pickModels(this.files.models))) {
      models.push(await reader.read(text));
    }
    return models;
  }

  async #seeds(etl: EtlFile, context: ReadContext): Promise<readonly SeedFile[]> {
    const settings = new Map(this.#texts(this.files.seedSettings).map((text) => [text.path, text]));
    const seeds: SeedFile[] = [];
    for (const text of this.#texts(this.files.seeds)) {
      const path = text.path.replace(/\.csv$/, '.yml');
      seeds.push(await readSeedFile(text, settings.get(path), etl.seedDefaults, context));
      settings.delete(path);
    }
    for (const path of settings.keys()) {
      const csv = path.replace(/\.yml$/, '.csv');
      const message = `These are settings of the seed ${csv}, which does not exist.`;
      this.diagnostics.push(errorDiagnostic('project/missing-key', message, { span: startOf(path) }));
    }
    return seeds;
  }

  async #tests(context: ReadContext): Promise<readonly TestFile[]> {
    const names = new NameRegistry();
    const tests: TestFile[] = [];
    for (const text of this.#texts(this.files.tests)) {
      const test = await readTestFile(text, context);
      const named = { name: basename(text.path, '.sql'), span: startOf(text.path), what: 'test' };
      if (test && names.take(named, this.diagnostics)) tests.push(test);
    }
    return tests;
  }

  /** The files whose names are theirs alone. One that is not enabled gives way silently. */
  #named(seeds: readonly SeedFile[], models: readonly ModelFile[]): ReadonlySet<SeedFile | ModelFile> {
    const names = new NameRegistry();
    const kept = new Set<SeedFile | ModelFile>();
    const take = (file: SeedFile | ModelFile, what: 'seed' | 'model', diagnostics: Diagnostic[]) => {
      if (names.take({ name: file.name, span: startOf(file.path), what }, diagnostics)) kept.add(file);
    };
    for (const isEnabled of [true, false]) {
      const ignored: Diagnostic[] = [];
      for (const [what, files] of [
        ['seed', seeds],
        ['model', models],
      ] as const) {
        for (const file of files) {
          if (file.config.enabled !== isEnabled) continue;
          if (isEnabled)
            checkName(what === 'seed' ? 'Seed' : 'Model', file.name, startOf(file.path), this.diagnostics);
          take(file, what, isEnabled ? this.diagnostics : ignored);
        }
      }
    }
    return kept;
  }
}
