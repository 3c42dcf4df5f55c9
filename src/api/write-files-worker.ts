import { parentPort } from 'node:worker_threads';
import { FileTree } from './file-tree.js';
import type { WrittenFiles } from './threaded-files.js';

/** What writes many small files in a thread of its own. The first that cannot be written is the last. */
const tree = new FileTree();
parentPort?.on('message', ({ files, isEnd }: WrittenFiles) => {
  try {
    for (const [path, text] of files) tree.write(path, text);
  } catch {
    process.exit(1);
  }
  if (isEnd) parentPort?.close();
});
