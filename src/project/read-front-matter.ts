import type * as z from 'zod';
import { errorDiagnostic } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { TextFile } from '../ir/project.js';
import { type FrontMatter, findFrontMatter, findMistakenFrontMatter } from './front-matter.js';
import { commonKeys, describedKeys, materializationKeys, storedKeys, testFileSchema } from './node-schema.js';
import { type ReadContext, readSettings } from './read-context.js';
import { validate } from './validate.js';
import type { YamlFile } from './yaml-file.js';
import type { YamlNode } from './yaml-node.js';

/** Front matter, as far as it is right. */
export interface ReadFrontMatter<T> {
  readonly value?: T;
  readonly tree: YamlNode | undefined;
  /** All that was written, right or wrong. */
  readonly root: YamlNode;
  readonly file: YamlFile;
}

/** Parses and checks front matter. Undefined, and reported, when it does not end. */
export async function readFrontMatter<T>(
  { path, text }: TextFile,
  { start, end, isClosed }: FrontMatter,
  schema: z.ZodType<T>,
  owner: string,
  context: ReadContext,
): Promise<ReadFrontMatter<T> | undefined> {
  if (!isClosed) {
    const span = new LineIndex(text).span(path, text.indexOf('/*'), start);
    const details = { span, hint: 'end it with */ before the SQL' };
    context.diagnostics.push(errorDiagnostic('project/bad-yaml', 'The front matter does not end.', details));
    return undefined;
  }
  const { file, root } = await readSettings({ path, text, start, end }, owner, context);
  const valid = validate(schema, root, file, { what: 'the front matter' }, context.diagnostics);
  return valid ? { value: valid.value, tree: valid.tree, root, file } : { tree: undefined, root, file };
}

const keys: ReadonlySet<string> = new Set([
  ...Object.keys({ ...describedKeys, ...commonKeys, ...storedKeys, ...materializationKeys }),
  ...Object.keys(testFileSchema.shape),
  'materialized',
]);

/** The front matter of a file; a comment that only looks like it is reported, since it would say nothing. */
export function frontMatterOf(
  { path, text }: TextFile,
  word: 'model' | 'test',
  { diagnostics }: ReadContext,
): FrontMatter | undefined {
  const found = findFrontMatter(text, word);
  const mistaken = found ? undefined : findMistakenFrontMatter(text, keys);
  if (mistaken) {
    const span = new LineIndex(text).span(path, mistaken.start, mistaken.end);
    const isRight = /^\/\*\s*(\w+)$/.exec(text.slice(mistaken.start, mistaken.end))?.[1] === word;
    const details = { span, hint: `write \`/* ${word}\`${isRight ? ' alone on its line' : ''}` };
    const message = `The front matter of a ${word} begins otherwise.`;
    diagnostics.push(errorDiagnostic('project/bad-yaml', message, details));
  }
  return found;
}
