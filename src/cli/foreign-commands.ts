/** What people who know dbt or SQLMesh type, and the command that does it here. */
export const foreignCommands: Readonly<Record<string, string>> = {
  apply: 'build',
  audit: 'test',
  evaluate: 'show',
  list: 'ls',
  parse: 'check',
  preview: 'show',
  render: 'compile',
  run: 'build',
  seed: 'build',
  snapshot: 'build',
  table_diff: 'diff',
};

/** Flags that they type, and what is written here: a flag of the command, or another command. */
export const foreignFlags: Readonly<Record<string, string>> = {
  '-m': '--select',
  '--backfill-model': '--select',
  '--end': '--to',
  '--environment': '--target',
  '--favor-state': '--defer',
  '--models': '--select',
  '--output': '--format',
  '--output-format': '--format',
  '--profile': '--target',
  '--resource-type': '--select',
  '--restate-model': 'etl backfill',
  '--select-model': '--select',
  '--start': '--from',
  '--store-failures': 'etl show',
};
