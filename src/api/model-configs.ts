import type { Diagnostic, Outcome } from '../diagnostics/diagnostic.js';
import type { Project } from '../ir/project.js';
import { materializations } from '../materializations/registry.js';
import { readModelConfig } from '../project/read-model-config.js';

/** The project with the settings that its TypeScript models export, by model name, over those of their folders. */
export function withModelConfigs(
  project: Project,
  configs: Readonly<Record<string, unknown>>,
): Outcome<Project> {
  if (Object.keys(configs).length === 0) return { value: project, diagnostics: [] };
  const names = Object.keys(materializations).filter((name) => name !== 'seed');
  const diagnostics: Diagnostic[] = [];
  const models = project.models.map((model) => {
    if (model.language !== 'ts' || !(model.name in configs)) return model;
    const read = readModelConfig(model, configs[model.name], names);
    diagnostics.push(...read.diagnostics);
    return { ...model, ...read.value };
  });
  return { value: { ...project, models }, diagnostics };
}
