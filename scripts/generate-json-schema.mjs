// Writes json-schema/*.schema.json, for editors, from the schemas that the tool itself validates with.
// With --check it writes nothing and fails when a file is not what it would write.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @typedef {Record<string, any>} Json */

const folder = 'json-schema';
const reference = '^\\$\\{.*\\}$';
const { z, connectors, materializations, etlSchema, node, source, unitTestFileSchema } = await load();
const names = Object.keys(materializations).filter((name) => name !== 'seed');

const files = {
  etl: describe('etl.yml', etlFile()),
  sources: describe('sources.yml', sourcesFile()),
  model: describe('Front matter of a model: the comment /* model … */', toJson(node.modelSchema(names))),
  seed: describe('Settings of a seed: seeds/<name>.yml', toJson(node.seedSchema)),
  'unit-tests': describe('Unit tests of models: tests/<name>.yml', toJson(unitTestFileSchema)),
};

const isCheck = process.argv.includes('--check');
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(files)) {
  const path = `${folder}/${name}.schema.json`;
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (!isCheck) writeFileSync(path, text);
  else if (read(path) !== text) {
    console.error(`${path} is stale: run node scripts/generate-json-schema.mjs`);
    process.exitCode = 1;
  }
}

/** Node cannot run TypeScript itself at the oldest version that is supported. */
async function load() {
  const outfile = `node_modules/.cache/json-schema-${process.pid}.mjs`;
  const contents = `
    export { z } from 'zod';
    export { connectors } from './src/connectors/registry.ts';
    export { materializations } from './src/materializations/registry.ts';
    export { etlSchema } from './src/project/etl-schema.ts';
    export { unitTestFileSchema } from './src/project/unit-test-schema.ts';
    export * as node from './src/project/node-schema.ts';
    export * as source from './src/project/source-schema.ts';`;
  await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {any} schema @returns {Json} */
function toJson(schema) {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-07',
    io: 'input',
    override: (/** @type {{ jsonSchema: Json }} */ { jsonSchema }) => allowReference(jsonSchema),
  });
  return json;
}

/** What is no free text may also be filled in from `${env.X}` or `${vars.x}`. @param {Json} schema */
function allowReference(schema) {
  // It may be asked for the same schema twice.
  if (schema.pattern !== undefined && !schema.pattern.endsWith(reference))
    schema.pattern = `${schema.pattern}|${reference}`;
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  if (type !== 'integer' && type !== 'number' && type !== 'boolean') return;
  const limits = { minimum, maximum, exclusiveMinimum, exclusiveMaximum };
  for (const key of Object.keys(schema)) delete schema[key];
  // Limits at the edge of what JavaScript counts exactly say nothing to a person.
  for (const [key, limit] of Object.entries(limits)) {
    if (Math.abs(limit) === Number.MAX_SAFE_INTEGER) Reflect.deleteProperty(limits, key);
  }
  Object.assign(schema, rest, {
    anyOf: [
      { type, ...limits },
      { type: 'string', pattern: reference },
    ],
  });
}

/** @param {string} title @param {Json} schema */
function describe(title, schema) {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...schema };
}

function etlFile() {
  const json = toJson(etlSchema);
  const folders = (/** @type {string} */ name, /** @type {any} */ schema) => {
    json.properties[name] = {
      description: json.properties[name].description,
      $ref: `#/definitions/${name}`,
    };
    const inner = { ...toJson(schema), additionalProperties: { $ref: `#/definitions/${name}` } };
    json.definitions = { ...json.definitions, [name]: inner };
  };
  folders('models', node.modelDefaultsSchema(names));
  folders('seeds', node.seedDefaultsSchema);
  return json;
}

/** A source is what its connector says, so there is one alternative for each connector. */
function sourcesFile() {
  const alternatives = Object.values(connectors).map((connector) => {
    const table = merged(toJson(connector.tableOptions), toJson(source.sourceTableSchema));
    // What a source gives holds for all of its tables.
    table.required = undefined;
    const json = merged(toJson(connector.sourceOptions), toJson(source.sourceSchema));
    json.properties.connector = { const: connector.name };
    json.properties.tables = {
      description: json.properties.tables.description,
      type: 'object',
      additionalProperties: { anyOf: [table, { type: 'null' }] },
    };
    return json;
  });
  return {
    type: 'object',
    properties: { sources: { type: 'object', additionalProperties: { anyOf: alternatives } } },
    additionalProperties: false,
  };
}

/** @param {Json} own @param {Json} common @returns {Json} */
function merged(own, common) {
  return {
    type: 'object',
    properties: { ...own.properties, ...common.properties },
    required: [...(own.required ?? []), ...(common.required ?? [])],
    additionalProperties: false,
  };
}
