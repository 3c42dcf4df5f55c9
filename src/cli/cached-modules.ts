import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cachedDataVersionTag } from 'node:v8';
import vm from 'node:vm';

interface Module {
  exports: unknown;
}

/** What the text of a module stands in: the names that it may use and that are no globals. */
const parameters = ['exports', 'require', 'module', '__filename', '__dirname', '__url', '__lazy', '__import'];

/**
 * Loads the CommonJS modules of a folder together with their compiled code, which V8 would otherwise make anew in
 * each process: a third of the time of a short command. The names of the files hold a hash of their contents.
 */
export class CachedModules {
  readonly #modules = new Map<string, Module>();
  readonly #scripts = new Map<string, vm.Script>();
  readonly #require: NodeJS.Require;
  readonly #cache: string | undefined;

  /** `runtime` stands for the program that runs this; without it, nothing is kept. */
  constructor(
    private readonly folder: string,
    runtime: string | undefined,
  ) {
    this.#require = createRequire(join(folder, 'any.cjs'));
    this.#cache = runtime && join(folder, 'code-cache', runtime);
  }

  load(name: string): unknown {
    const known = this.#modules.get(name);
    if (known) return known.exports;
    const module: Module = { exports: {} };
    this.#modules.set(name, module);
    const path = join(this.folder, name);
    const cachedData = this.#cache && readChecked(join(this.#cache, name));
    const script = new vm.Script(`(function (${parameters.join(', ')}) {${readFileSync(path, 'utf8')}\n})`, {
      filename: path,
      ...(cachedData && { cachedData }),
    });
    this.#scripts.set(name, script);
    const require = (id: string) => (id.startsWith('./') ? this.load(id.slice(2)) : this.#require(id));
    const lazy = async (id: string) => this.load(id.slice(2));
    const url = pathToFileURL(path).href;
    const values = [module.exports, require, module, path, this.folder, url, lazy, importModule];
    script.runInThisContext()(...values);
    return module.exports;
  }

  /**
   * Keeps the code that was compiled for a command that was run before: what is run once is not worth the time. Does
   * nothing where the folder may only be read.
   */
  keep(command: string): void {
    const cache = this.#cache;
    if (!cache) return;
    const name = /^[a-z]+$/.test(command) ? command : 'other';
    try {
      const [once, twice] = [join(cache, `${name}.once`), join(cache, `${name}.twice`)];
      if (existsSync(twice)) return;
      if (!existsSync(once)) {
        mkdirSync(cache, { recursive: true });
        writeFileSync(once, '');
        return;
      }
      for (const [file, script] of this.#scripts) writeChecked(join(cache, file), script.createCachedData());
      writeFileSync(twice, '');
    } catch {
      // It is made anew each time then.
    }
  }
}

/**
 * Stands for the program that runs this. Two of them may tell the same version of V8, and each end at once with the
 * code of the other: so it is the very file. Undefined where that cannot be told.
 */
export function runtimeKey(): string | undefined {
  try {
    const { size, mtimeMs } = statSync(process.execPath);
    const { version, arch, versions } = process;
    const parts = [versions, cachedDataVersionTag(), process.execPath, size, mtimeMs];
    return `${version}-${arch}-${digestOf(JSON.stringify(parts)).toString('hex').slice(0, 12)}`;
  } catch {
    return undefined;
  }
}

/** Compiled code that was kept knows no loader. */
function importModule(specifier: string): Promise<unknown> {
  return import(specifier);
}

const digestLength = 32;

function digestOf(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

/** V8 takes what it is given: a file that is damaged is as good as none. */
function readChecked(path: string): Buffer | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    return undefined;
  }
  const content = file.subarray(digestLength);
  return digestOf(content).equals(file.subarray(0, digestLength)) ? content : undefined;
}

/** Of several processes at once, one wins. */
function writeChecked(path: string, content: Uint8Array): void {
  const temp = `${path}.${process.pid}.tmp`;
  writeFileSync(temp, Buffer.concat([digestOf(content), content]));
  renameSync(temp, path);
}
