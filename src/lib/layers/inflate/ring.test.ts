import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { createRingMemory, Ring } from './ring.ts';

const SHAPE = { slots: 4, slotBytes: 8 };

test('what is passed comes out in order, whoever is ahead, and no slot is overwritten before its release', async () => {
  const turns = fc.array(fc.boolean(), { minLength: 1, maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(turns, async (order) => {
      const ring = new Ring(SHAPE, createRingMemory(SHAPE));
      let written = 0;
      let read = 0;
      for (const write of order) {
        if (write && written - read < SHAPE.slots) {
          const slot = await ring.nextFree();
          slot?.fill(written % 251);
          ring.pass(written % 7, (written % 8) + 1);
          written += 1;
        } else if (!write && read < written) {
          const passed = await ring.nextPassed();
          assert.equal(passed?.kind, read % 7);
          assert.deepEqual(
            [...(passed?.bytes ?? [])],
            Array.from({ length: (read % 8) + 1 }, () => read % 251),
          );
          ring.release();
          read += 1;
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('closing wakes whoever waits, but what was passed before still comes out', async () => {
  const ring = new Ring(SHAPE, createRingMemory(SHAPE));
  const waiting = ring.nextPassed();
  ring.close();
  assert.equal(await waiting, null);
  const other = new Ring(SHAPE, createRingMemory(SHAPE));
  await other.nextFree();
  other.pass(5, 1);
  other.close();
  assert.equal((await other.nextPassed())?.kind, 5);
  other.release();
  assert.equal(await other.nextPassed(), null);
  for (let slot = 0; slot < SHAPE.slots; slot += 1) {
    await other.nextFree();
    other.pass(0, 0);
  }
  assert.equal(await other.nextFree(), null);
});
