import { nodeProcess } from './node-process.js';
import { runCli } from './run-cli.js';

const around = nodeProcess();
// No top-level await: a chunk that is loaded later may import this module, and would wait for it forever.
void runCli(process.argv.slice(2), around).then((code) => around.leave(code));
