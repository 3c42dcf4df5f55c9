import { type Diagnostic, errorDiagnostic, type Note } from '../diagnostics/diagnostic.js';
import { LineIndex, type Span } from '../diagnostics/span.js';
import { hash } from '../util/hash.js';
import { rememberedOf } from '../util/remembered-of.js';
import { type CheckModulesInput, checkModules } from './check-modules.js';
import {
  type ExpressionModule,
  expressionModule,
  modulePathOf,
  type TemplateToCheck,
  valueModule,
  valueModulePath,
} from './expression-module.js';
import { checkInGroups } from './group-modules.js';
import { hashOfModule } from './hash-of-module.js';
import type { TsDiagnostic } from './type-checker.js';

export interface ProjectToCheck {
  /** Generated declarations of the project's tables and variables. */
  readonly types: string;
  readonly templates: readonly TemplateToCheck[];
  /** Macro files and TypeScript models, by path relative to the root. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Where each name comes from that expressions may use: a package, or the path of a macro file. */
  readonly scope: ReadonlyMap<string, string>;
}

const moduleOf = rememberedOf<TemplateToCheck['expressions'], ExpressionModule>();

/** Where the generated declarations stand, for editors too. */
export const typesPath = '.etl/types/index.d.ts';

/**
 * Type-checks every `${…}`, every macro file and every TypeScript model, and reports what TypeScript says
 * at the place in the file that a person wrote. What did not change since an earlier check costs a hash.
 */
export async function checkTypes(
  project: ProjectToCheck,
  settings: Omit<CheckModulesInput, 'files'>,
): Promise<readonly Diagnostic[]> {
  const key = hash(
    'project',
    settings.environment,
    hashOfModule(typesPath, project.types),
    ...project.files.map(({ path, text }) => hashOfModule(path, text)),
    ...[...project.scope].flat(),
    ...project.templates.flatMap(({ path, text, textKey = text, defined = [] }) => [
      path,
      textKey,
      ...defined,
    ]),
  );
  const known = settings.memo?.get<readonly Diagnostic[]>('type-check', key);
  if (known) return known;
  const { modules, explain } = projectModules(project);
  const check: typeof settings.check = (some) => checkInGroups(some, project, settings.check);
  const found = explain(await checkModules({ ...settings, files: modules, check }));
  settings.memo?.set('type-check', key, found);
  return found;
}

/** The declarations of a project whose tables are not known yet. */
export const unknownTables = "import 'parquetry';\n";

/** What all modules of a project stand on, before its tables are known. */
export function sharedModules(files: ProjectToCheck['files']): ReadonlyMap<string, string> {
  return new Map([
    [typesPath, unknownTables],
    [valueModulePath, valueModule],
    ...files.map(({ path, text }) => [path, text] as const),
  ]);
}

/** The modules to check of a project, and the way back from what TypeScript says about them. */
export function projectModules(project: ProjectToCheck): {
  readonly modules: ReadonlyMap<string, string>;
  readonly explain: (found: readonly TsDiagnostic[]) => readonly Diagnostic[];
} {
  const modules = new Map([
    [typesPath, project.types],
    [valueModulePath, valueModule],
    ...project.files.map(({ path, text }) => [path, text] as const),
  ]);
  const templates = new Map<
    string,
    { readonly template: TemplateToCheck; readonly module: ExpressionModule }
  >();
  const scopeKey = JSON.stringify([...project.scope]);
  for (const template of project.templates) {
    if (template.expressions.length === 0) continue;
    const moduleKey = [scopeKey, ...(template.defined ?? [])].join(' ');
    const module = moduleOf(template.expressions, moduleKey, () => expressionModule(template, project.scope));
    const path = modulePathOf(template.path);
    modules.set(path, module.text);
    templates.set(path, { template, module });
  }
  const texts = new Map(project.files.map(({ path, text }) => [path, text]));
  const spanOf = ({ file = '', start, end }: Omit<TsDiagnostic, 'related'>): Span | undefined => {
    const found = templates.get(file);
    if (found) {
      const { template, module } = found;
      return new LineIndex(template.text).span(template.path, ...module.sourceRange(start, end));
    }
    const text = texts.get(file);
    return text === undefined ? undefined : new LineIndex(text).span(file, start, end);
  };
  return {
    modules,
    explain: (found) =>
      found.map((one): Diagnostic => {
        const span = spanOf(one);
        const notes = one.related.flatMap((related): Note[] => {
          const at = spanOf(related);
          return at ? [{ message: related.message, span: at }] : [];
        });
        const place = span || one.file === undefined ? '' : `${one.file}: `;
        const isProcess = one.message.startsWith("Cannot find name 'process'");
        const message = isProcess ? "Cannot find name 'process'." : one.message;
        return errorDiagnostic('check/type-error', `${place}${withNumber({ ...one, message })}`, {
          ...(span && { span }),
          ...(isProcess && { hint: 'variables of the environment are in scope as env: env.HOME' }),
          ...(notes.length > 0 && { notes }),
        });
      }),
  };
}

/** TypeScript's number stands behind the first line, where people search for it. */
function withNumber({ message, code }: TsDiagnostic): string {
  const [first = '', ...rest] = message.split('\n');
  return [`${first} (TS${code})`, ...rest].join('\n');
}
