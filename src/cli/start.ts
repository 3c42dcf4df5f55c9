import module from 'node:module';
import { CachedModules, runtimeKey } from './cached-modules.js';

/** The file name of the bundle's first module, set when this is bundled. */
declare const bundledEntry: string;

// Where Node can (from 22.1 on), it keeps the compiled code of packages that are not bundled.
(module as { readonly enableCompileCache?: () => void }).enableCompileCache?.();
const isKept = !process.env.NODE_DISABLE_COMPILE_CACHE;
const modules = new CachedModules(__dirname, isKept ? runtimeKey() : undefined);
modules.load(bundledEntry);
const [command = ''] = process.argv.slice(2);
process.once('exit', (code) => {
  if (code === 0) modules.keep(command);
});
