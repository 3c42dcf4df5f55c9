import type { Diagnostic, Outcome } from '../diagnostics/diagnostic.js';
import type { ModelFile, NodeConfig } from '../ir/project.js';
import { type NodeDefaults, spansOf, toNodeConfig, type WrittenDefaults } from './node-config.js';
import { modelSchema } from './node-schema.js';
import { objectTree } from './object-tree.js';
import { validate } from './validate.js';
import { YamlFile } from './yaml-file.js';

/** The settings of a model, and where they stand. */
export type ModelSettings = Pick<ModelFile, 'config' | 'configSpans'>;

/**
 * The settings of a model in TypeScript: the `config` object that it exports, over the defaults of its folder.
 * It is checked like front matter, with errors at the keys of the object.
 *
 * @param materializations names that `materialized` takes
 */
export function readModelConfig(
  model: ModelFile,
  written: unknown,
  materializations: readonly string[],
): Outcome<ModelSettings> {
  const { path, text } = model;
  const diagnostics: Diagnostic[] = [];
  const start = configStart(text);
  const root = objectTree(written, text, start);
  const file = new YamlFile({ path, text, start: 0, end: text.length }, root);
  const schema = modelSchema(materializations);
  const valid = validate(schema, root, file, { what: '"config"' }, diagnostics);
  if (!valid) return { value: model, diagnostics };
  const defaults: NodeDefaults = { values: asWritten(model.config), spans: model.configSpans };
  const config = toNodeConfig(
    valid.value,
    valid.tree,
    file,
    defaults,
    model.config.materialized,
    diagnostics,
  );
  return {
    value: { config, configSpans: spansOf(valid.tree, file, config.columns, model.configSpans) },
    diagnostics,
  };
}

function configStart(text: string): number {
  const found = /\bexport\s+(?:const|let|var)\s+config\b[^=]*=\s*/.exec(text);
  return found ? found.index + found[0].length : 0;
}

/** The folder's defaults, which are all that the model's settings hold so far. */
function asWritten({ materialized, tags, partitionBy, publish, ...config }: NodeConfig): WrittenDefaults {
  return {
    materialized,
    tags: [...tags],
    enabled: config.enabled,
    ...(partitionBy.length > 0 && { partition_by: [...partitionBy] }),
    ...(publish && { publish }),
    ...(config.compatibility !== undefined && { compatibility: config.compatibility }),
    meta: { ...config.meta },
    ...config.options,
  } as WrittenDefaults;
}
