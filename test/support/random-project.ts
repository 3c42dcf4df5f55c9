import fc from 'fast-check';

/** One model of a random project: what it reads and which constant its SQL holds. */
export interface RandomModel {
  readonly reads: readonly number[];
  readonly constant: number;
  readonly materialized: 'table' | 'view' | 'ephemeral';
}

export type Edit =
  | { readonly kind: 'constant'; readonly at: number; readonly constant: number }
  | { readonly kind: 'comment'; readonly at: number; readonly text: number }
  | { readonly kind: 'materialized'; readonly at: number; readonly materialized: RandomModel['materialized'] }
  | { readonly kind: 'rewire'; readonly at: number; readonly reads: readonly number[] }
  | { readonly kind: 'source'; readonly rows: readonly number[] }
  | { readonly kind: 'seed'; readonly rows: readonly number[] }
  | { readonly kind: 'macro'; readonly factor: number }
  | { readonly kind: 'var'; readonly value: number };

const materialized = fc.constantFrom(
  'table' as const,
  'table' as const,
  'view' as const,
  'ephemeral' as const,
);
const at = fc.nat({ max: 30 });
const rows = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 5 });
const reads = fc.array(at, { maxLength: 3 });

export const randomModels = fc.array(
  fc.record({ reads, constant: fc.integer({ min: 0, max: 9 }), materialized }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

export const randomEdits = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('constant' as const), at, constant: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ kind: fc.constant('comment' as const), at, text: fc.nat() }),
    fc.record({ kind: fc.constant('materialized' as const), at, materialized }),
    fc.record({ kind: fc.constant('rewire' as const), at, reads }),
    fc.record({ kind: fc.constant('source' as const), rows }),
    fc.record({ kind: fc.constant('seed' as const), rows }),
    fc.record({ kind: fc.constant('macro' as const), factor: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('var' as const), value: fc.integer({ min: 0, max: 5 }) }),
  ),
  { minLength: 1, maxLength: 4 },
);

/** The state of a random project: everything its files are made from. */
export interface RandomProject {
  readonly models: readonly (RandomModel & { readonly comment: number })[];
  readonly source: readonly number[];
  readonly seed: readonly number[];
  readonly factor: number;
  readonly bonus: number;
}

export function applyEdit(project: RandomProject, edit: Edit): RandomProject {
  const change = (index: number, what: Partial<RandomProject['models'][number]>): RandomProject => ({
    ...project,
    models: project.models.map((m, i) => (i === index % project.models.length ? { ...m, ...what } : m)),
  });
  switch (edit.kind) {
    case 'constant':
      return change(edit.at, { constant: edit.constant });
    case 'comment':
      return change(edit.at, { comment: edit.text });
    case 'materialized':
      return change(edit.at, { materialized: edit.materialized });
    case 'rewire':
      return change(edit.at, { reads: edit.reads });
    case 'source':
      return { ...project, source: edit.rows };
    case 'seed':
      return { ...project, seed: edit.rows };
    case 'macro':
      return { ...project, factor: edit.factor };
    case 'var':
      return { ...project, bonus: edit.value };
  }
}

/** The files of a random project. Model 0 reads the source and model 1 the seed; every third one uses the macro. */
export function projectFiles(project: RandomProject): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    'etl.yml': `name: random\nvars: { bonus: ${project.bonus} }\ntargets:\n  dev: { lake: .etl/lake }\n`,
    'sources.yml':
      'sources:\n  s:\n    connector: file\n    tables:\n      t: { path: data/t.csv, columns: { v: integer } }\n',
    'data/t.csv': `v\n${project.source.join('\n')}\n`,
    'seeds/fixed.csv': `v\n${project.seed.join('\n')}\n`,
    'macros/scale.ts': `import { sql } from 'parquetry';\nexport const scale = (column: string) => sql\`\${sql.ref(column)} * \${sql.lit(${project.factor})}\`;\n`,
  };
  project.models.forEach((model, i) => {
    const inputs = i === 0 ? ['s.t'] : i === 1 ? ['fixed'] : [];
    for (const read of model.reads) if (i > 0) inputs.push(`m${read % i}`);
    const value = i % 3 === 0 ? "${scale('v')}" : i % 3 === 1 ? 'v + ${vars.bonus}' : 'v';
    const branches = [...new Set(inputs)].map(
      (input) => `select ${value} + ${model.constant} as v from ${input}`,
    );
    const body = branches.length > 0 ? branches.join('\nunion all\n') : `select ${model.constant} as v`;
    files[`models/m${i}.sql`] =
      `/* model\nmaterialized: ${model.materialized}\n*/\n-- ${model.comment}\n${body}\n`;
  });
  return files;
}
