import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import type { Note } from '../diagnostics/diagnostic.js';
import { LineIndex } from '../diagnostics/span.js';
import type { StackFrame } from './stack-frames.js';
import { offsetAt } from './text-position.js';

/** Finds where in the project's own files a frame of a stack lies; undefined for all other code. */
export type FrameLocator = (frame: StackFrame) => Note | undefined;

/**
 * A locator for code of one bundle, through its source map.
 *
 * @param files paths of the project's TypeScript files, relative to its root: under --enable-source-maps
 * Node has mapped the stack already.
 */
export function frameLocator(
  rootDir: string,
  bundleFile: string | undefined,
  files: ReadonlySet<string>,
): FrameLocator {
  let map: SourceMap | undefined;
  return (frame) => {
    let { file, line, column } = frame;
    const isBundle = bundleFile !== undefined && file === bundleFile;
    if (isBundle) {
      map ??= new SourceMap(JSON.parse(readFileSync(`${bundleFile}.map`, 'utf8')));
      const entry = map.findEntry(line - 1, column - 1);
      if (!('originalSource' in entry)) return undefined;
      file = path.resolve(path.dirname(bundleFile), entry.originalSource);
      line = entry.originalLine + 1;
      column = entry.originalColumn + 1;
    }
    const relative = path.relative(rootDir, file).split(path.sep).join('/');
    if (!isBundle && !files.has(relative)) return undefined;
    return note(frame.functionName, relative, file, line, column);
  };
}

function note(
  functionName: string | undefined,
  file: string,
  absolute: string,
  line: number,
  column: number,
): Note | undefined {
  let text: string;
  try {
    text = readFileSync(absolute, 'utf8');
  } catch {
    return undefined;
  }
  const span = new LineIndex(text).span(file, offsetAt(text, line, column));
  return { message: functionName ? `in ${functionName}` : 'in this file', span };
}
