import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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
  /** V8's code is for one version of it, which Node changes in details, its flags and the processor. */
  readonly #cache: string;

  constructor(private readonly folder: string) {
    this.#require = createRequire(join(folder, 'any.cjs'));
    this.#cache = join(folder, 'code-cache', `${process.version}-${cachedDataVersionTag()}`);
  }

  load(name: string): unknown {
    const known = this.#modules.get(name);
    if (known) return known.exports;
    const module: Module = { exports: {} };
    this.#modules.set(name, module);
    const path = join(this.folder, name);
    const cachedData = readIfThere(join(this.#cache, name));
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
    const name = /^[a-z]+$/.test(command) ? command : 'other';
    try {
      const [once, twice] = [join(this.#cache, `${name}.once`), join(this.#cache, `${name}.twice`)];
      if (existsSync(twice)) return;
      if (!existsSync(once)) {
        mkdirSync(this.#cache, { recursive: true });
        writeFileSync(once, '');
        return;
      }
      for (const [file, script] of this.#scripts)
        writeWhole(join(this.#cache, file), script.createCachedData());
      writeFileSync(twice, '');
    } catch {
      // It is made anew each time then.
    }
  }
}

/** Compiled code that was kept knows no loader. */
function importModule(specifier: string): Promise<unknown> {
  return import(specifier);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Of several processes at once, one wins. */
function writeWhole(path: string, content: Uint8Array): void {
  const temp = `${path}.${process.pid}.tmp`;
  writeFileSync(temp, content);
  renameSync(temp, path);
}
