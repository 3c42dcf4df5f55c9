import type { ChangeClass } from '../schema/compatibility-rules.js';

/** One side of a comparison. */
export interface DiffSide {
  /** For people: `prod, commit 12`. */
  readonly label: string;
  /** Undefined where the table does not exist there. */
  readonly versionId?: string;
  /** Undefined for a view, and where the table does not exist. */
  readonly rowCount?: number;
}

/** A row for people: text by column, null for NULL. */
export type SampleRow = Readonly<Record<string, string | null>>;

/** How the rows of two versions of a table differ. */
export interface RowDiff {
  /** Columns that tell which rows belong together; undefined where whole rows were compared. */
  readonly key?: readonly string[];
  readonly addedCount: number;
  readonly removedCount: number;
  /** Rows with the same key and other values. */
  readonly changedCount: number;
  /** By column that both sides have: in how many of the changed rows it differs; most first, no zeros. */
  readonly columns: readonly { readonly name: string; readonly changedCount: number }[];
  readonly samples: {
    readonly added: readonly SampleRow[];
    readonly removed: readonly SampleRow[];
    /** Key columns as they are, then the columns that differ in any row, as `old → new` where this row differs. */
    readonly changed: readonly SampleRow[];
  };
}

/** How two versions of one table differ. */
export interface TableDiff {
  readonly table: string;
  readonly from: DiffSide;
  readonly to: DiffSide;
  readonly schema: readonly { readonly class: ChangeClass; readonly message: string }[];
  readonly rows: RowDiff;
  /** What a person should know of how they were compared. */
  readonly notes: readonly string[];
  readonly isSame: boolean;
}
