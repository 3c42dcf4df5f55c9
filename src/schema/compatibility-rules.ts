/** What a change does to the people it concerns. */
export type ChangeClass = 'safe' | 'warning' | 'breaking';

interface Rule {
  /** Who reads with the old schema and meets the new files. */
  readonly forward: ChangeClass;
  /** Who reads with the new schema and meets the old files. */
  readonly backward: ChangeClass;
  /** Why, in one sentence for the person who made the change. */
  readonly because: string;
}

/**
 * Every change that a schema can undergo between two full rewrites, and what it means for readers.
 * The ids are stable: pins, scripts and documentation name them.
 */
export const compatibilityRules = {
  'column-added-nullable': rule('safe', 'safe', 'Readers that do not know the column leave it out.'),
  'column-added-inside': rule(
    'warning',
    'warning',
    'Readers that count columns instead of naming them (INSERT … SELECT *, UNION) read the wrong one.',
  ),
  'column-added-required': rule(
    'warning',
    'breaking',
    'Readers are not hurt, but whoever writes must fill it, and older files do not have it.',
  ),
  'column-dropped': rule('breaking', 'safe', 'Queries that name the column fail.'),
  'column-renamed': rule('breaking', 'breaking', 'Queries that name the column fail.'),
  'column-renamed-declared': rule(
    'warning',
    'warning',
    'The field id stays, so readers by id follow; queries that use the old name fail.',
  ),
  'column-case-changed': rule(
    'breaking',
    'breaking',
    'DuckDB does not tell the two names apart, but most other readers of Parquet do.',
  ),
  'columns-reordered': rule(
    'warning',
    'warning',
    'Readers that count columns instead of naming them (INSERT … SELECT *, UNION) read the wrong one.',
  ),
  'column-made-required': rule(
    'warning',
    'breaking',
    'Readers are not hurt, but whoever writes must fill it, and older files may hold NULL.',
  ),
  'column-made-nullable': rule('breaking', 'safe', 'Readers that rely on a value will meet NULL.'),

  'field-added': rule('safe', 'safe', 'Readers that do not know the field leave it out.'),
  'field-added-inside': rule('warning', 'warning', 'Readers that count fields read the wrong one.'),
  'field-dropped': rule('breaking', 'safe', 'Queries that name the field fail.'),
  'field-renamed': rule('breaking', 'breaking', 'Queries that name the field fail.'),
  'field-renamed-declared': rule(
    'warning',
    'warning',
    'The field id stays, so readers by id follow; queries that use the old name fail.',
  ),
  'field-case-changed': rule(
    'breaking',
    'breaking',
    'DuckDB does not tell the two names apart, but most other readers of Parquet do.',
  ),
  'fields-reordered': rule('warning', 'warning', 'Readers that count fields read the wrong one.'),
  'map-key-changed': rule(
    'breaking',
    'breaking',
    'Keys that were equal no longer are: lookups find nothing.',
  ),

  'type-widened': rule('safe', 'safe', 'Every value of the old type is one of the new type.'),
  'type-narrowed': rule('breaking', 'breaking', 'Values that fitted before do not fit, or lose digits.'),
  'int-to-double': rule(
    'warning',
    'warning',
    'No value is lost, but whole numbers become fractions: keys, joins and formatting may change.',
  ),
  'int64-to-double': rule('breaking', 'breaking', 'Whole numbers beyond 2^53 lose their last digits.'),
  'int-to-float': rule('breaking', 'breaking', 'Whole numbers beyond 2^24 lose their last digits.'),
  'sign-changed': rule('breaking', 'breaking', 'Readers take the same bits for other numbers.'),
  'decimal-rescaled': rule(
    'warning',
    'warning',
    'No value is lost, but readers with the old scale round or refuse the new digits.',
  ),
  'timestamp-finer': rule(
    'warning',
    'warning',
    'Readers with the coarser unit cut digits off, and the finer unit covers fewer years.',
  ),
  'date-to-timestamp': rule('breaking', 'breaking', 'Comparisons with a date no longer match a whole day.'),
  'timestamp-zone-changed': rule('breaking', 'breaking', 'The same digits mean another moment.'),
  'to-varchar': rule('breaking', 'breaking', 'Text sorts, compares and adds up differently.'),
  'varchar-json': rule('breaking', 'breaking', 'Readers parse or quote the same text differently.'),
  'scalar-list': rule('breaking', 'breaking', 'A list has to be read differently than a single value.'),
  'enum-value-added': rule('warning', 'safe', 'Readers that know the old values only meet a new one.'),
  'enum-value-dropped': rule('safe', 'breaking', 'Older files hold a value that the type no longer has.'),
  'enum-reordered': rule('warning', 'warning', 'The order of the values is how they sort.'),
  'type-changed': rule(
    'breaking',
    'breaking',
    'The two types have nothing in common that readers could rely on.',
  ),

  'partition-keys-changed': rule(
    'breaking',
    'breaking',
    'Every file moves: paths and partition filters fail.',
  ),
  'partition-order-changed': rule('breaking', 'breaking', 'Every file moves: paths that readers know fail.'),
  'partition-type-changed': rule(
    'breaking',
    'breaking',
    'Readers take the type of a partition key from its path: the same filter selects other files.',
  ),
  'table-dropped': rule('breaking', 'breaking', 'Whoever reads the table finds nothing.'),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof compatibilityRules;

function rule(forward: ChangeClass, backward: ChangeClass, because: string): Rule {
  return { forward, backward, because };
}
