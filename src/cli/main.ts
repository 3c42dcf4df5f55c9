import { nodeProcess } from './node-process.js';
import { runCli } from './run-cli.js';

process.exitCode = await runCli(process.argv.slice(2), nodeProcess());
