export interface Named {
  readonly name: string;
  readonly fieldId?: number;
}

/** How a field of the new schema was found in the old one. */
export type PairedBy = 'name' | 'rename' | 'letter-case';

export interface FieldPair<B, A> {
  readonly before: B;
  readonly after: A;
  readonly by: PairedBy;
}

export interface FieldPairs<B, A> {
  /** In the order of the new schema. */
  readonly pairs: readonly FieldPair<B, A>[];
  readonly dropped: readonly B[];
  readonly added: readonly A[];
}

/**
 * Finds for every field of a new schema the one it was before: by the declared rename, by name, by field
 * id where both sides have one, by name in another letter case.
 *
 * A rename whose old name is gone is taken to have been carried out already and says nothing.
 */
export function pairFields<B extends Named, A extends Named>(
  before: readonly B[],
  after: readonly A[],
  renamedFrom: (name: string) => string | undefined = () => undefined,
): FieldPairs<B, A> {
  const found = new Map<A, FieldPair<B, A>>();
  const left = new Set(before);
  const pairUp = <Key>(
    by: PairedBy,
    keyBefore: (b: B) => Key | undefined,
    keyAfter: (a: A) => Key | undefined,
  ) => {
    const byKey = new Map<Key | undefined, B>();
    for (const b of left) if (!byKey.has(keyBefore(b))) byKey.set(keyBefore(b), b);
    for (const a of after) {
      const key = found.has(a) ? undefined : keyAfter(a);
      const b = key === undefined ? undefined : byKey.get(key);
      if (!b || !left.delete(b)) continue;
      found.set(a, { before: b, after: a, by });
    }
  };
  const newNames = new Set(after.map((a) => a.name));
  const declared = ({ name }: A) => {
    const old = renamedFrom(name);
    return old !== undefined && newNames.has(old) ? undefined : old;
  };
  const name = (field: Named) => field.name;
  const fieldId = (field: Named) => field.fieldId;
  const lowerName = (field: Named) => field.name.toLowerCase();
  pairUp('rename', name, declared);
  pairUp('name', name, name);
  pairUp('rename', fieldId, fieldId);
  pairUp('letter-case', lowerName, lowerName);
  return {
    pairs: after.flatMap((a) => found.get(a) ?? []),
    dropped: [...left],
    added: after.filter((a) => !found.has(a)),
  };
}
