import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schedulesOf } from './schedules.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const least = {
  advisories: null,
  retention: null,
  collection: { graceMs: DAY, everyMs: 6 * HOUR, untaggedMs: null },
  scrub: { everyMs: 7 * DAY },
};
const always = {
  'judge-images': 60_000,
  'poll-sources': 60_000,
  'collect-garbage': 6 * HOUR,
  'scrub-blobs': DAY,
  'expire-uploads': HOUR,
};

test('images are judged and sources polled by themselves, whatever is configured', () => {
  assert.deepEqual(schedulesOf(least), always);
});

test('advisories are fetched and retention is applied where they are configured', () => {
  assert.deepEqual(
    schedulesOf({
      ...least,
      advisories: { source: '/advisories', everyMs: HOUR },
      retention: { everyMs: DAY, rules: [] },
    }),
    { ...always, 'update-advisories': HOUR, 'apply-retention': DAY },
  );
});
