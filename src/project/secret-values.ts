import { type Diagnostic, errorDiagnostic } from '../diagnostics/diagnostic.js';
import type { YamlFile } from './yaml-file.js';
import { entriesOf, type YamlNode, type YamlScalar } from './yaml-node.js';

/** The texts in variables that the environment gave, by the variable's name. */
export function secretVars(vars: YamlNode): Readonly<Record<string, readonly string[]>> {
  const named = entriesOf(vars).map(({ key, value }) => {
    return [key, secretsIn(value).map((secret) => String(secret.value))] as const;
  });
  return Object.fromEntries(named.filter(([, secrets]) => secrets.length > 0));
}

/** Errors of values that the environment gave where all is shown as it is, such as in `a unit test`. */
export function shownSecrets(
  node: YamlNode,
  file: YamlFile,
  place: string,
  hint: { readonly hint?: string } = {},
): readonly Diagnostic[] {
  const message = `What the environment gives has no place in ${place}, which is shown and written as it is.`;
  return secretsIn(node).map((secret) =>
    errorDiagnostic('project/invalid-value', message, { span: file.span(secret), ...hint }),
  );
}

function secretsIn(node: YamlNode): readonly YamlScalar[] {
  switch (node.kind) {
    case 'scalar':
      return node.secret ? [node] : [];
    case 'seq':
      return node.items.flatMap(secretsIn);
    case 'map':
      return node.entries.flatMap(({ value }) => secretsIn(value));
  }
}
