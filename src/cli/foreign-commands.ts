/** What people who know dbt or SQLMesh type, and the command that does it here. */
export const foreignCommands: Readonly<Record<string, string>> = {
  apply: 'build',
  audit: 'test',
  evaluate: 'show',
  list: 'ls',
  parse: 'check',
  preview: 'show',
  run: 'build',
  seed: 'build',
  snapshot: 'build',
  table_diff: 'diff',
};
