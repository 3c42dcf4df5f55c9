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
  const pairUp = (by: PairedBy, same: (b: B, a: A) => boolean) => {
    for (const a of after) {
      if (found.has(a)) continue;
      for (const b of left) {
        if (!same(b, a)) continue;
        found.set(a, { before: b, after: a, by });
        left.delete(b);
        break;
      }
    }
  };
  const newNames = new Set(after.map((a) => a.name));
  pairUp('rename', (b, a) => b.name === renamedFrom(a.name) && !newNames.has(b.name));
  pairUp('name', (b, a) => b.name === a.name);
  pairUp('rename', (b, a) => b.fieldId !== undefined && b.fieldId === a.fieldId);
  pairUp('letter-case', (b, a) => b.name.toLowerCase() === a.name.toLowerCase());
  return {
    pairs: after.flatMap((a) => found.get(a) ?? []),
    dropped: [...left],
    added: after.filter((a) => !found.has(a)),
  };
}
