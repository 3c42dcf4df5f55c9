import { hash } from './hash.js';

const longestFolder = 120;
// Names that Windows keeps for devices, and our own folder.
const reserved = /^(con|prn|aux|nul|com\d|lpt\d|_etl)(\.|$)/;

/**
 * The folder of a table inside the lake. Different tables get different folders, also where file names ignore
 * case, and every name is safe on every system and as a URL: `stg_orders` and `shop.orders` stay as they are,
 * everything but small letters, digits, `_`, `-` and inner dots becomes `%XX` per UTF-8 byte.
 */
export function tableFolder(table: string): string {
  let folder = [...table]
    .map((character) => (/[a-z0-9_.-]/.test(character) ? character : percentEncode(character)))
    .join('');
  if (reserved.test(folder) || folder.startsWith('.')) folder = percentEncode(folder[0]!) + folder.slice(1);
  if (folder.endsWith('.')) folder = folder.slice(0, -1) + percentEncode('.');
  if (folder === '') return '~';
  return folder.length <= longestFolder ? folder : `${folder.slice(0, 80)}~${hash(table)}`;
}

function percentEncode(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
