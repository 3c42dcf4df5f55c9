import { basename, extname } from 'node:path';
import { type Diagnostic, warningDiagnostic } from '../diagnostics/diagnostic.js';
import type { TextFile } from '../ir/project.js';
import { startOf } from './read-text.js';

/** What is read, by folder, and the extension that stands for each that people write instead. */
const read: Readonly<
  Record<string, { readonly what: string; readonly instead: Readonly<Record<string, string>> }>
> = {
  models: { what: 'models end in .sql or .ts', instead: { '.sql': '.sql', '.ts': '.ts' } },
  seeds: {
    what: 'seeds end in .csv, and their settings in .yml',
    instead: { '.csv': '.csv', '.yml': '.yml', '.yaml': '.yml' },
  },
  tests: {
    what: 'data tests end in .sql, and unit tests in .yml',
    instead: { '.sql': '.sql', '.yml': '.yml', '.yaml': '.yml' },
  },
  macros: {
    what: 'macros end in .ts or .sql',
    instead: { '.sql': '.sql', '.ts': '.ts', '.js': '.ts', '.mjs': '.ts', '.cjs': '.ts', '.mts': '.ts' },
  },
};

/** Whether a file that is none of a project's may be meant as one, by its path. */
export function looksMeant(path: string): boolean {
  const [folder = ''] = path.split('/');
  const extension = extname(path).toLowerCase();
  if (folder === 'models' && /^\.ya?ml$/.test(extension)) return true;
  return Object.hasOwn(read[folder]?.instead ?? {}, extension) && !/\.(d|test|spec)\.[a-z]+$/i.test(path);
}

/** Warns of files that look like those of a project and are not read. `code` is where others may import one. */
export function ignoredFiles(paths: readonly string[], code: readonly TextFile[]): readonly Diagnostic[] {
  return paths.flatMap((path) => {
    if (isImported(path, code)) return [];
    const { why, hint } = explain(path);
    const message = `${path} is not read: ${why}.`;
    return warningDiagnostic('project/ignored-file', message, { span: startOf(path), hint });
  });
}

function explain(path: string): { readonly why: string; readonly hint: string } {
  if (path === 'sources.yaml') return { why: 'sources stand in sources.yml', hint: 'name it sources.yml' };
  const [folder = ''] = path.split('/');
  const extension = extname(path);
  const { what, instead } = read[folder]!;
  const right = instead[extension.toLowerCase()];
  if (right !== undefined) return { why: what, hint: `name it ${path.slice(0, -extension.length)}${right}` };
  return {
    why: 'a model has its settings and tests in itself',
    hint: 'write them into the front matter of each model: /* model … */',
  };
}

/** Macros may import any module that stands beside them. */
function isImported(path: string, code: readonly TextFile[]): boolean {
  const name = basename(path, extname(path));
  return code.some(({ text }) =>
    [`${name}${extname(path)}`, name].some((end) =>
      [`/${end}'`, `/${end}"`].some((part) => text.includes(part)),
    ),
  );
}
