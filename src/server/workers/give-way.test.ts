import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, JobKind } from '#model/platform/job.ts';
import { givingWay } from './give-way.ts';

const jobOf = (kind: JobKind): Job => ({ id: '1', kind, payload: {}, attempt: 1, maxAttempts: 5 });
const signal = new AbortController().signal;

function handlersOf(longestMs?: number) {
  const order: string[] = [];
  const judging = Promise.withResolvers<void>();
  const handlers = givingWay(
    {
      'judge-images': async () => {
        await judging.promise;
        order.push('judged');
      },
      'attest-image': () => {
        order.push('signed');
        return Promise.resolve();
      },
    },
    longestMs,
  );
  const judge = handlers['judge-images']?.(jobOf('judge-images'), signal);
  const sign = (by = signal): Promise<void> | undefined => handlers['attest-image']?.(jobOf('attest-image'), by);
  return { order, judging, judge, sign };
}

test('what is signed waits for who judges', async () => {
  const { order, judging, judge, sign } = handlersOf();
  const signed = sign();
  await new Promise(setImmediate);
  assert.deepEqual(order, []);
  judging.resolve();
  await Promise.all([judge, signed]);
  assert.deepEqual(order, ['judged', 'signed']);
  await sign();
  assert.equal(order.length, 3);
});

test('it does not wait for ever, nor when it is stopped', async () => {
  const { order, judging, judge, sign } = handlersOf(1);
  await sign();
  assert.deepEqual(order, ['signed']);
  const stop = new AbortController();
  const stopped = handlersOf();
  const signing = stopped.sign(stop.signal);
  stop.abort(new Error('stopped'));
  await assert.rejects(async () => await signing, /stopped/);
  assert.deepEqual(stopped.order, []);
  for (const each of [judging, stopped.judging]) {
    each.resolve();
  }
  await Promise.all([judge, stopped.judge]);
});

test('who judges nothing waits for nobody', async () => {
  const signed: string[] = [];
  const handlers = givingWay({ 'attest-image': ({ kind }) => Promise.resolve(void signed.push(kind)) });
  await handlers['attest-image']?.(jobOf('attest-image'), signal);
  assert.deepEqual(signed, ['attest-image']);
});
