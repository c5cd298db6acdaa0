import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Room } from './room.ts';

test('what one subject takes is gone for the others, and what does not fit takes nothing', () => {
  const image = new Room(100);
  const [first, second] = [new Room(80, image), new Room(80, image)];
  assert.deepEqual(
    [first.take(81), first.take(70), second.take(31), second.take(30), second.take(1)],
    [false, true, false, true, false],
  );
  assert.equal(first.take(0), true);
});
