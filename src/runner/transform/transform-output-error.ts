/** A transform yielded what its columns do not allow: the person's mistake, which no other part has a place for. */
export class TransformOutputError extends Error {}
