import module from 'node:module';
import { CachedModules } from './cached-modules.js';

/** File names of the bundle's first module and of all others; set when this is bundled. */
declare const bundledEntry: string;

// Where Node can (from 22.1 on), it keeps the compiled code of packages that are not bundled.
(module as { readonly enableCompileCache?: () => void }).enableCompileCache?.();
const modules = new CachedModules(__dirname);
modules.load(bundledEntry);
const [command = ''] = process.argv.slice(2);
process.once('exit', (code) => {
  if (code === 0) modules.keep(command);
});
