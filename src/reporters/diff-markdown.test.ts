import { expect, it } from 'vitest';
import { diffMarkdown } from './diff-markdown.js';

it('takes names and values for what they are, in Markdown and between tags', () => {
  const side = (label: string) => ({ label });
  const added = [{ 'a|b': 'x_y &amp; <b>', c: null }];
  const text = diffMarkdown([
    {
      table: 'fct_orders',
      from: side('dev, commit 1'),
      to: side('dev, commit 2'),
      schema: [],
      rows: {
        addedCount: 1,
        removedCount: 0,
        changedCount: 0,
        columns: [],
        samples: { added, removed: [], changed: [] },
      },
      notes: [],
      isSame: false,
    },
  ]);
  expect(text).toContain('<details><summary>fct_orders</summary>\n');
  expect(text).toContain('| `a\\|b` | `c` |\n| --- | --- |\n| x\\_y \\&amp; \\<b\\> | *NULL* |\n');
});
