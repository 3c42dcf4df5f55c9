import { basename } from 'node:path';
import type { z } from 'zod';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { ModelFile, TestFile, TextFile } from '../ir/project.js';
import { defaultsOf, type FolderDefaults } from './folder-defaults.js';
import { type FrontMatter, findFrontMatter } from './front-matter.js';
import { type NodeDefaults, spansOf, toNodeConfig } from './node-config.js';
import { type modelSchema, testFileSchema } from './node-schema.js';
import { type ReadContext, readSettings } from './read-context.js';
import { validate } from './validate.js';
import type { YamlFile } from './yaml-file.js';
import type { YamlNode } from './yaml-node.js';

const plainMaterialization = 'view';

/** Reads a file under `models/`. A TypeScript model has its settings in its code; here it gets the folder's. */
export async function readModelFile(
  text: TextFile,
  defaults: FolderDefaults,
  schema: ReturnType<typeof modelSchema>,
  context: ReadContext,
): Promise<ModelFile> {
  const language = text.path.endsWith('.ts') ? 'ts' : 'sql';
  const name = basename(text.path).replace(/\.(sql|ts)$/, '');
  const folder = defaultsOf(text.path, defaults);
  const matter = language === 'sql' ? findFrontMatter(text.text, 'model') : undefined;
  const read = matter && (await readFrontMatter(text, matter, schema, `Model "${name}"`, context));
  const config = configOf(read, folder, context);
  // Written out: spreading the text's keys would take longer than all the rest of this function.
  return {
    path: text.path,
    text: text.text,
    hash: text.hash,
    name,
    language,
    bodyOffset: matter?.bodyOffset ?? 0,
    config,
    configSpans: read ? spansOf(read.tree, read.file, config.columns, folder.spans) : folder.spans,
  };
}

function configOf(
  read: Read<z.infer<ReturnType<typeof modelSchema>>> | undefined,
  folder: NodeDefaults,
  context: ReadContext,
) {
  const { value = {}, tree, file } = read ?? {};
  return toNodeConfig(value, tree, file, folder, plainMaterialization, context.diagnostics);
}

/** Reads a file under `tests/`; undefined when it says that it is not enabled. */
export async function readTestFile(text: TextFile, context: ReadContext): Promise<TestFile | undefined> {
  const name = basename(text.path, '.sql');
  const matter = findFrontMatter(text.text, 'test');
  const read = matter && (await readFrontMatter(text, matter, testFileSchema, `Test "${name}"`, context));
  const { description, tags = [], enabled = true, severity = 'error', warn_if, error_if } = read?.value ?? {};
  if (!enabled) return undefined;
  return {
    ...text,
    name,
    bodyOffset: matter?.bodyOffset ?? 0,
    ...(description !== undefined && { description }),
    tags,
    severity,
    ...(warn_if !== undefined && { warnIf: warn_if.trim() }),
    ...(error_if !== undefined && { errorIf: error_if.trim() }),
  };
}

interface Read<T> {
  readonly value?: T;
  readonly tree: YamlNode | undefined;
  readonly file: YamlFile;
}

async function readFrontMatter<T>(
  { path, text }: TextFile,
  { start, end, isClosed }: FrontMatter,
  schema: z.ZodType<T>,
  owner: string,
  context: ReadContext,
): Promise<Read<T> | undefined> {
  if (!isClosed) {
    const span = new LineIndex(text).span(path, text.indexOf('/*'), start);
    const details = { span, hint: 'end it with */ before the SQL' };
    context.diagnostics.push(errorDiagnostic('project/bad-yaml', 'The front matter does not end.', details));
    return undefined;
  }
  const { file, root } = await readSettings({ path, text, start, end }, owner, context);
  const valid = validate(schema, root, file, { what: 'the front matter' }, context.diagnostics);
  return valid ? { value: valid.value, tree: valid.tree, file } : { tree: undefined, file };
}
