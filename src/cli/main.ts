import { nodeProcess } from './node-process.js';
import { runCli } from './run-cli.js';

// No top-level await: a chunk that is loaded later may import this module, and would wait for it forever.
void runCli(process.argv.slice(2), nodeProcess()).then((code) => {
  process.exitCode = code;
});
