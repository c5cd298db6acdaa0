import assert from 'node:assert/strict';
import { it } from 'node:test';
import { shownPage } from './shown-page.ts';

const ROWS = Array.from({ length: 450 }, (_, index) => ({ name: `n${String(index).padStart(3, '0')}` }));

async function read({ after, limit }: { readonly after: string | null; readonly limit: number }) {
  return await Promise.resolve(ROWS.filter(({ name }) => name > (after ?? '')).slice(0, limit));
}

it('a page ends at what is shown, however much is read over', async () => {
  const few = new Set(['n001', 'n200', 'n449']);
  const isShown = ({ name }: { readonly name: string }): boolean => few.has(name);
  for (const limit of [1, 2, 3, 1000]) {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { items, next }: Awaited<ReturnType<typeof shownPage>> = await shownPage({ after, limit }, read, isShown);
      seen.push(...items.map(({ name }) => name));
      if (next === null) {
        break;
      }
      assert.equal(items.length, limit);
      assert.ok(few.has(next), next);
      after = next;
    }
    assert.deepEqual(seen, [...few]);
  }
});

it('the last page says so', async () => {
  const all = async (limit: number) => (await shownPage({ after: 'n447', limit }, read, () => true)).next;
  assert.equal(await all(2), null);
  assert.equal(await all(1), 'n448');
  assert.deepEqual(await shownPage({ after: null, limit: 5 }, read, () => false), { items: [], next: null });
});
