// Runs every check that is not a test and prints one line for each; all run even when one fails.
// Usage: node scripts/check.mjs [name…] runs those whose name contains one of the words.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const maxLines = 500;

/** @typedef {{ ok: boolean, output: string }} Result */
/** @type {{ name: string, run: () => Result | Promise<Result> }[]} */
const checks = [
  { name: 'types', run: () => command('node_modules/typescript/bin/tsc', '-p', '.') },
  {
    name: 'format and lint',
    run: () => command('node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'),
  },
  { name: 'imports', run: () => command('scripts/check-imports.mjs') },
  { name: 'dead code', run: () => command('node_modules/knip/bin/knip.js', '--no-progress') },
  ...generators(['generate-docs', 'generate-json-schema']),
  { name: 'no registry address', run: registryAddresses },
  { name: 'complete lockfile', run: missingFromLockfile },
  { name: `files of at most ${maxLines} lines`, run: longFiles },
];

const words = process.argv.slice(2);
const chosen = checks.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
let failures = 0;
for (const { name, run } of chosen) {
  const start = performance.now();
  const { ok, output } = await run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${seconds.padStart(5)} s  ${name}`);
  if (ok) continue;
  failures++;
  console.log(`${output.trimEnd().replaceAll(/^/gm, '        ')}\n`);
}
console.log(
  failures === 0 ? `${chosen.length} checks passed` : `${failures} of ${chosen.length} checks failed`,
);
process.exitCode = failures === 0 ? 0 : 1;

/**
 * Runs a script with this Node.
 * @param {string} script
 * @param {...string} args
 * @returns {Promise<Result>}
 */
function command(script, ...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ ok: code === 0, output: output || `exit code ${code}` }));
  });
}

/** Files that are generated and committed must equal what their script makes now. */
function generators(/** @type {string[]} */ scripts) {
  return scripts
    .filter((script) => existsSync(`scripts/${script}.mjs`))
    .map((script) => ({
      name: `${script} --check`,
      run: () => command(`scripts/${script}.mjs`, '--check'),
    }));
}

/** A lockfile that names a registry cannot be installed from another one. */
function registryAddresses() {
  const offenders = ['package.json', 'package-lock.json', '.npmrc'].filter((file) => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return /"resolved"\s*:\s*"[a-z+]*:|registry["']?\s*[=:]\s*["']?[a-z]|^\s*\/\//im.test(text);
  });
  return {
    ok: offenders.length === 0,
    output: offenders.map((file) => `${file} names a registry`).join('\n'),
  };
}

/** npm leaves out packages of other platforms that its registry does not have, and then `npm ci` refuses to run. */
function missingFromLockfile() {
  /** @type {{ packages: Record<string, { optionalDependencies?: Record<string, string> }> }} */
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
    ),
  );
  return {
    ok: missing.length === 0,
    output: missing.map((name) => `${name} is not in the lockfile`).join('\n'),
  };
}

function longFiles() {
  const files = ['src', 'test', 'scripts', 'bench', 'bin', 'macros']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => /\.(ts|js|mjs)$/.test(file) && !/(^|\/)(node_modules|\.etl|\.data)\//.test(file));
  const tooLong = files
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > maxLines);
  return {
    ok: tooLong.length === 0,
    output: tooLong.map(({ file, lines }) => `${file}: ${lines} lines`).join('\n'),
  };
}
