import { type EngineConnection, EngineError } from '../ports/engine.js';
import { printType } from '../schema/column-type.js';
import { parseType } from '../schema/parse-type.js';
import { storedType } from '../schema/stored-type.js';
import { TypeTextError } from '../schema/type-tokens.js';

/** The stored form of a type, or what is wrong with it, to be read behind "its type". */
export type DeclaredType = { readonly type: string } | { readonly problem: string };

/** What each connection said: the columns of all sources have few types among them. */
const known = new WeakMap<EngineConnection, Map<string, Promise<DeclaredType>>>();

/** The stored form of a type that a person wrote, or what is wrong with it. */
export function declaredType(connection: EngineConnection, text: string): Promise<DeclaredType> {
  let types = known.get(connection);
  if (!types) {
    types = new Map();
    known.set(connection, types);
  }
  let type = types.get(text);
  if (!type) {
    type = askForType(connection, text);
    types.set(text, type);
  }
  return type;
}

async function askForType(connection: EngineConnection, text: string): Promise<DeclaredType> {
  const notAType = { problem: `"${text}" is no type of DuckDB` };
  try {
    const type = printType(parseType(text));
    const [row] = await connection.rows(`describe select cast(null as ${type}) as x`);
    const stored = storedType(row!.column_type as string);
    return 'type' in stored ? stored : { problem: `${type} cannot be stored: ${stored.problem}` };
  } catch (error) {
    if (error instanceof TypeTextError || (error instanceof EngineError && error.kind !== 'interrupted'))
      return notAType;
    throw error;
  }
}
