import { declaredRenames } from '../ir/declared-renames.js';
import type { Project, SeedFile } from '../ir/project.js';
import type { PinFile } from '../pins/pin-file.js';
import { withPinnedTypes } from '../pins/with-pinned-types.js';
import type { SourceColumns } from '../ports/connector.js';
import type { TableSchema } from '../schema/table-schema.js';

export interface PinnedSeeds {
  readonly project: Project;
  readonly schemas: ReadonlyMap<string, TableSchema>;
}

/**
 * Gives columns of published seeds in which no value is the types that they are pinned with. These are part of what
 * the seed's rows come from, as if its settings said them.
 */
export function withPinnedSeeds(
  project: Project,
  described: ReadonlyMap<string, SourceColumns>,
  pins: ReadonlyMap<string, PinFile>,
): PinnedSeeds {
  const schemas = new Map<string, TableSchema>();
  const changed = new Map<SeedFile, SeedFile>();
  for (const seed of project.seeds) {
    const found = described.get(seed.name);
    if (!found) continue;
    const { untyped = [], columns } = found;
    const pin = seed.config.publish ? pins.get(seed.name)?.pin : undefined;
    const schema = pin ? withPinnedTypes({ columns }, pin, untyped, declaredRenames(seed.config)) : found;
    schemas.set(seed.name, { columns: schema.columns });
    const taken = schema.columns.filter(({ type }, i) => type !== columns[i]!.type);
    if (taken.length === 0) continue;
    const types = Object.fromEntries(taken.map(({ name, type }) => [name, type]));
    changed.set(seed, { ...seed, columnTypes: { ...seed.columnTypes, ...types } });
  }
  if (changed.size === 0) return { project, schemas };
  return { project: { ...project, seeds: project.seeds.map((seed) => changed.get(seed) ?? seed) }, schemas };
}
