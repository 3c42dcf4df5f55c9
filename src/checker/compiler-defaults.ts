/** How a project's TypeScript is checked, here and in editors. */
export const compilerDefaults = {
  strict: true,
  target: 'ES2023',
  lib: ['ES2023'],
  // As esbuild bundles macros.
  module: 'ESNext',
  moduleResolution: 'bundler',
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
} as const;
