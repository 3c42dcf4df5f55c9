import type { Diagnostic, Outcome } from '../diagnostics/diagnostic.js';
import type { ModelFile, NodeConfig, Project } from '../ir/project.js';
import { materializations } from '../materializations/registry.js';
import type { Expansion } from '../ports/expansion.js';
import { readModelConfig } from '../project/read-model-config.js';
import { own } from '../util/own.js';

/** The project with the settings that its TypeScript models export over those of their folders. */
export function withModelConfigs(
  project: Project,
  { configs, transforms }: Pick<Expansion, 'configs' | 'transforms'>,
): Outcome<Project> {
  if (Object.keys(configs).length === 0 && transforms.size === 0) return { value: project, diagnostics: [] };
  const names = Object.keys(materializations).filter((name) => name !== 'seed');
  const diagnostics: Diagnostic[] = [];
  const models = project.models.map((model): ModelFile => {
    if (model.language !== 'ts') return model;
    const written = own(configs, model.name);
    const read =
      written === undefined ? { value: model, diagnostics: [] } : readModelConfig(model, written, names);
    diagnostics.push(...read.diagnostics);
    const { config, configSpans } = read.value;
    const isStored = !transforms.has(model.name) || hasMaterialization(written);
    return { ...model, configSpans, config: isStored ? config : stored(config) };
  });
  return { value: { ...project, models }, diagnostics };
}

function hasMaterialization(config: unknown): boolean {
  return typeof config === 'object' && config !== null && 'materialized' in config;
}

/** A folder's default of view is not meant for a model whose rows must be stored. */
function stored(config: NodeConfig): NodeConfig {
  return ['view', 'ephemeral'].includes(config.materialized) ? { ...config, materialized: 'table' } : config;
}
