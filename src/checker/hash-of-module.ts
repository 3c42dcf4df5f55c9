import { hash } from '../util/hash.js';
import { rememberedByText } from '../util/remembered-by-text.js';

/** The hash of a module's path and text: from check to check nearly all modules have the text that they had. */
export const hashOfModule = rememberedByText((file, text) => hash(file, text));
