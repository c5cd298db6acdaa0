import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LifecycleEntry } from '#model/lifecycle.ts';
import type { ImageState } from '#model/platform/state.ts';
import { nextState } from './next-state.ts';
import { bySupport } from './support.ts';

const ENTRY: LifecycleEntry = {
  product: 'debian',
  release: '9',
  codename: 'stretch',
  released: '2017-06-17',
  endOfLife: '2020-07-18',
  extendedUntil: null,
  ended: false,
  latest: null,
  package: null,
  status: 'ended',
};
const APPROVED: ImageState = { lifecycle: 'approved', reason: 'admitted', since: 1, by: 'worker' };
const NOW = { time: 10, by: 'worker' };

test('the end of support of a distribution deprecates what a verdict let out, and nothing else', () => {
  const deprecated = bySupport(APPROVED, [ENTRY], NOW);
  assert.deepEqual(deprecated, {
    lifecycle: 'deprecated',
    reason: 'debian 9 is not supported any more, since 2020-07-18',
    since: 10,
    by: 'worker',
  });
  assert.ok(deprecated !== null);
  for (const [state, entries] of [
    [APPROVED, []],
    [APPROVED, [{ ...ENTRY, status: 'ending' }]],
    [APPROVED, [{ ...ENTRY, package: 'pkg:generic/node@18.0.0' }]],
    [{ ...APPROVED, by: 'user:ann' }, [ENTRY]],
    [{ ...APPROVED, lifecycle: 'quarantined' }, [ENTRY]],
    [{ ...APPROVED, lifecycle: 'revoked' }, [ENTRY]],
    [deprecated, [ENTRY]],
    [{ ...deprecated, by: 'user:ann' }, [{ ...ENTRY, status: 'supported' }]],
    [deprecated, []],
    [deprecated, [{ ...ENTRY, status: 'supported', package: 'pkg:generic/node@18.0.0' }]],
  ] as const) {
    assert.equal(bySupport(state, entries, NOW), null);
  }
  assert.equal(bySupport(deprecated, [{ ...ENTRY, status: 'supported' }], NOW)?.lifecycle, 'approved');
});

test('what is deprecated so goes back into quarantine when nobody approves it any more', () => {
  const state = bySupport(APPROVED, [ENTRY], NOW);
  assert.ok(state !== null);
  const refused = {
    environment: 'production',
    decision: 'refused',
    reason: 'a finding',
    verdict: null,
    validUntil: null,
    decidedAt: 10,
    decidedBy: 'worker',
  } as const;
  const question = { state, pushedAt: 1, approvals: [refused], deciding: 'production', ...NOW };
  assert.equal(nextState(question)?.lifecycle, 'quarantined');
  assert.equal(nextState({ ...question, state: { ...state, by: 'user:ann' } }), null);
});
