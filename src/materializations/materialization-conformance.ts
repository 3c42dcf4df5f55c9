import { describe, expect, test } from 'vitest';
import { sketchNode } from '../../test/support/manifest.js';
import type { Materialization } from '../ports/materialization.js';

/** What every materialization must keep to; each is held against it by one call in a test. */
export function materializationConformance(name: string, materialization: Materialization): void {
  describe(`materialization ${name}`, () => {
    const plain = sketchNode({ name: 'm', config: { materialized: name, ...materialization.example } });
    const { columns } = plain.schema;
    const schema = { columns: materialization.tableColumns?.(plain.config, columns) ?? columns };
    const node = { ...plain, schema };
    const sql = 'select 1 as id, 2 as part';

    test('is registered under its own name', () => expect(materialization.name).toBe(name));

    test('accepts a plain node', () => expect(materialization.validate(node)).toEqual([]));

    test('plans the same steps for the same input, as data, and changes nothing it is given', () => {
      const input = Object.freeze({ node: Object.freeze(node), sql, current: undefined });
      const step = materialization.plan(input);
      expect(materialization.plan(input)).toEqual(step);
      expect(JSON.parse(JSON.stringify(step))).toEqual(step);
      expect(step.sql).toContain(sql);
    });

    test('writes rows exactly when it says that it stores rows', () => {
      const { kind } = materialization.plan({ node, sql, current: undefined });
      expect(kind === 'view' || kind === 'inline').toBe(!materialization.storesRows);
    });

    test('refuses a partition column that is not there, or partitions without rows', () => {
      const wrong = sketchNode({
        name: 'm',
        config: { materialized: name, ...materialization.example, partitionBy: ['prt'] },
        schema: {
          columns: [
            { name: 'id', type: 'INTEGER' },
            { name: 'part', type: 'INTEGER' },
          ],
        },
      });
      const [diagnostic] = materialization.validate(wrong);
      expect(diagnostic!.code).toBe('compile/invalid-config');
      if (materialization.storesRows) expect(diagnostic!.hint).toBe('did you mean "part"?');
    });

    // Without rows it refuses all partitions, as above.
    if (!materialization.storesRows) return;
    test('refuses a partition column that stands there twice', () => {
      const config = { materialized: name, ...materialization.example, partitionBy: ['part', 'Part'] };
      const columns = ['id', 'part'].map((column) => ({ name: column, type: 'INTEGER' }));
      const point = { line: 3, column: 21, offset: 40 };
      const span = { file: 'models/m.sql', start: point, end: point };
      const node = sketchNode({
        name: 'm',
        config,
        schema: { columns },
        configSpans: { 'partition_by.1': span },
      });
      const found = materialization.validate(node).filter(({ message }) => message.includes('partitioned'));
      expect(found).toMatchObject([{ message: 'm is partitioned by "Part" twice.', span }]);
    });

    test('refuses partitions by bytes', () => {
      const config = { materialized: name, ...materialization.example, partitionBy: ['PART'] };
      const [id, part] = [
        { name: 'id', type: 'INTEGER' },
        { name: 'part', type: 'BLOB' },
      ];
      const messages = materialization
        .validate(sketchNode({ name: 'm', config, schema: { columns: [id, part] } }))
        .map(({ message }) => message);
      expect(messages).toContain('m is partitioned by "PART", which is BLOB: bytes cannot name a folder.');
    });
  });
}
