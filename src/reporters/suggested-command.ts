import { commandName } from '../util/command-name.js';
import { shellQuote } from './shell-quote.js';

/** A command line to copy, with the flags that make it mean what the command before it did. */
export function suggestedCommand(words: readonly string[], projectFlags = ''): string {
  return [commandName(), ...words.map(shellQuote), projectFlags].filter(Boolean).join(' ');
}
