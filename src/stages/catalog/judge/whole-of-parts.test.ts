import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Approval } from '#model/platform/state.ts';
import { wholeApproval } from './whole-of-parts.ts';

const APPROVED: Approval = {
  environment: 'default',
  decision: 'approved',
  reason: 'default admits it',
  verdict: null,
  validUntil: null,
  decidedAt: 1,
  decidedBy: 'worker',
};
const PARTS = [{ name: 'linux/amd64', state: null, approvals: [APPROVED] }];

test("a person's word about an index stands: a refusal always, an approval until it ends", () => {
  const question = { environment: 'default', parts: PARTS, time: 10, by: 'worker' };
  const theirs: Approval = { ...APPROVED, decidedBy: 'user:ann', reason: 'we know' };
  for (const before of [
    theirs,
    { ...theirs, validUntil: 11 },
    { ...theirs, decision: 'refused', validUntil: 5 },
  ] as const) {
    assert.equal(wholeApproval({ ...question, before }), null);
  }
  const after = wholeApproval({ ...question, before: { ...theirs, validUntil: 10 } });
  assert.deepEqual([after?.decision, after?.validUntil, after?.decidedBy], ['approved', null, 'worker']);
});
