import { type EngineConnection, EngineError } from '../ports/engine.js';
import { printType } from '../schema/column-type.js';
import { parseType } from '../schema/parse-type.js';
import { storedType } from '../schema/stored-type.js';
import { TypeTextError } from '../schema/type-tokens.js';

/** The stored form of a type that a person wrote, or what is wrong with it, to be read behind "its type". */
export async function declaredType(
  connection: EngineConnection,
  text: string,
): Promise<{ readonly type: string } | { readonly problem: string }> {
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
