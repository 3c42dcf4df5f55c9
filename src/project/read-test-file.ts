import { basename } from 'node:path';
import type { TestFile, TextFile } from '../ir/project.js';
import { testFileSchema } from './node-schema.js';
import type { ReadContext } from './read-context.js';
import { frontMatterOf, readFrontMatter } from './read-front-matter.js';

/** Reads a file under `tests/`; undefined when it says that it is not enabled. */
export async function readTestFile(text: TextFile, context: ReadContext): Promise<TestFile | undefined> {
  const name = basename(text.path, '.sql');
  const matter = frontMatterOf(text, 'test', context);
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
