export type Scalar = string | number | boolean | null;
/** What YAML and JSON can say. */
export type PlainValue = Scalar | readonly PlainValue[] | { readonly [key: string]: PlainValue };
