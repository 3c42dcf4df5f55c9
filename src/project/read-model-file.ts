import { basename } from 'node:path';
import type { ModelFile, TextFile } from '../ir/project.js';
import { hash } from '../util/hash.js';
import { defaultsOf, type FolderDefaults } from './folder-defaults.js';
import type { FrontMatter } from './front-matter.js';
import { type NodeDefaults, spansOf, toNodeConfig } from './node-config.js';
import { modelSchema } from './node-schema.js';
import type { ReadContext } from './read-context.js';
import { frontMatterOf, readFrontMatter } from './read-front-matter.js';
import { type ModelSettings, type RememberedModel, recall, remember } from './remembered-model.js';

/** Changes when the same front matter would come to something else. */
const formatVersion = '2';
const plainMaterialization = 'view';

/** What files came to under the same settings, for a process that reads a project again and again. */
const known = new WeakMap<TextFile, { readonly key: string; readonly model: ModelFile }>();

/** Reads the files under `models/`: parsing and checking front matter is skipped where the memo knows it. */
export class ModelReader {
  readonly #schema: ReturnType<typeof modelSchema>;
  readonly #settingsKey: string;
  readonly #placesKey: string;

  constructor(
    private readonly defaults: FolderDefaults,
    materializations: readonly string[],
    private readonly context: ReadContext,
  ) {
    this.#schema = modelSchema(materializations);
    const settings = [...defaults].map(([folder, { values }]) => [folder, values]);
    this.#settingsKey = hash(formatVersion, JSON.stringify([materializations, settings]));
    this.#placesKey = this.#settingsKey + JSON.stringify([...defaults].map(([, { spans }]) => spans));
  }

  /** A TypeScript model has its settings in its code; here it gets the folder's. */
  async read(file: TextFile): Promise<ModelFile> {
    const before = known.get(file);
    if (before?.key === this.#placesKey) return before.model;
    const { diagnostics } = this.context;
    const count = diagnostics.length;
    const model = await this.#read(file);
    // What is filled into front matter, and what is wrong with it, is said anew each time.
    if (diagnostics.length === count && !file.text.slice(0, model.bodyOffset).includes('${'))
      known.set(file, { key: this.#placesKey, model });
    return model;
  }

  async #read(file: TextFile): Promise<ModelFile> {
    const { path, text } = file;
    const language = path.endsWith('.ts') ? 'ts' : 'sql';
    const folder = defaultsOf(path, this.defaults);
    const matter = language === 'sql' ? frontMatterOf(file, 'model', this.context) : undefined;
    const settings = matter ? await this.#settings(file, matter, folder) : this.#plain(folder);
    // Written out: spreading the keys would take longer than all the rest of this function.
    return {
      path,
      text,
      hash: file.hash,
      name: nameOf(path),
      language,
      bodyOffset: settings.bodyOffset,
      config: settings.config,
      configSpans: settings.configSpans,
    };
  }

  #plain(folder: NodeDefaults): ModelSettings {
    const { diagnostics } = this.context;
    const config = toNodeConfig({}, undefined, undefined, folder, plainMaterialization, diagnostics);
    return { bodyOffset: 0, config, configSpans: folder.spans };
  }

  async #settings(file: TextFile, matter: FrontMatter, folder: NodeDefaults): Promise<ModelSettings> {
    const { memo, diagnostics } = this.context;
    const key = `${file.path} ${file.hash} ${this.#settingsKey}`;
    const known = memo?.get<RememberedModel>('model', key);
    if (known) return recall(known, file, folder.spans);
    const before = diagnostics.length;
    const settings = await this.#parse(file, matter, folder);
    // What is filled in depends on more than the key says.
    const isFixed = !file.text.slice(matter.start, matter.end).includes('${');
    if (memo && isFixed && diagnostics.length === before)
      memo.set('model', key, remember(file.path, settings));
    return settings;
  }

  async #parse(file: TextFile, matter: FrontMatter, folder: NodeDefaults): Promise<ModelSettings> {
    const owner = `Model "${nameOf(file.path)}"`;
    const read = await readFrontMatter(file, matter, this.#schema, owner, this.context);
    const { value = {}, tree } = read ?? {};
    const { diagnostics } = this.context;
    const config = toNodeConfig(value, tree, read?.file, folder, plainMaterialization, diagnostics);
    const configSpans = read ? spansOf(read.root, read.file, config.columns, folder.spans) : folder.spans;
    return { bodyOffset: matter.bodyOffset, config, configSpans };
  }
}

function nameOf(path: string): string {
  return basename(path).replace(/\.(sql|ts)$/, '');
}
