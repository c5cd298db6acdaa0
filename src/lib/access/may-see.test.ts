import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANONYMOUS, type Grant, type Role, type Subject, WORKER } from '#model/platform/access.ts';
import type { Approval, Lifecycle, Standing } from '#model/platform/state.ts';
import { evidence } from '#test/evidence.ts';
import { maySee } from './may-see.ts';
import { ownerOf } from './owner.ts';

evidence('access/states', 'self-made', 'every state with every reader');

const NOW = Date.UTC(2026, 5, 1);
const REPOSITORY = 'team/app';

function who(id: string, role: Role, environment: string | null = null, more: readonly Grant[] = []): Subject {
  return { id, grants: [{ role, scope: 'team/*', environment: '*' }, ...more], environment };
}

function standing(lifecycle: Lifecycle | null, approval: Partial<Approval> | null = null): Standing {
  return {
    state: lifecycle === null ? null : { lifecycle, reason: 'for a reason', since: NOW - 1000, by: 'user:bob' },
    pushedBy: 'robot:ci',
    approval:
      approval === null
        ? null
        : {
            environment: 'production',
            decision: 'approved',
            reason: 'it is fine',
            verdict: null,
            validUntil: null,
            decidedAt: NOW - 500,
            decidedBy: 'user:bob',
            ...approval,
          },
  };
}

const viewer = who('user:vera', 'viewer');
const pusher = who('robot:ci', 'publisher');
const other = who('robot:other', 'publisher');
const approver = who('user:bob', 'approver');
const admin = who('user:root', 'admin');
const auditor = who('user:audrey', 'auditor');
const deployer = who('robot:prod', 'deployer', 'production');

describe('who may read what is', () => {
  const READERS: readonly (readonly [name: string, subject: Subject])[] = [
    ['a viewer', viewer],
    ['its pusher', pusher],
    ['another publisher', other],
    ['an approver', approver],
    ['an administrator', admin],
    ['a worker', WORKER],
  ];
  const SEES: Readonly<Record<Lifecycle | 'never pushed', readonly string[]>> = {
    quarantined: ['its pusher', 'an approver', 'an administrator', 'a worker'],
    'never pushed': ['its pusher', 'an approver', 'an administrator', 'a worker'],
    approved: READERS.map(([name]) => name),
    deprecated: READERS.map(([name]) => name),
    revoked: ['an approver', 'an administrator', 'a worker'],
    expired: ['an approver', 'an administrator', 'a worker'],
  };
  const WHY: Readonly<Record<string, string>> = {
    quarantined: 'quarantine',
    'never pushed': 'quarantine',
    revoked: 'state',
    expired: 'state',
  };
  for (const [state, names] of Object.entries(SEES)) {
    it(state, () => {
      const at = standing(state === 'never pushed' ? null : (state as Lifecycle));
      for (const [name, subject] of READERS) {
        const sight = maySee(subject, REPOSITORY, at, NOW);
        assert.equal(sight.kind, names.includes(name) ? 'yes' : 'no', name);
        assert.ok(sight.kind === 'yes' || (sight.why === WHY[state] && sight.message !== ''));
      }
    });
  }
});

it('shows what is in quarantine to the account that pushed it, and to no other of its name', () => {
  const [first, second] = ['1', '2'].map((account) => ({ ...pusher, account }));
  const at = { ...standing('quarantined'), pushedBy: ownerOf(first ?? pusher) };
  assert.deepEqual(
    [first, second, pusher].map((subject) => subject && maySee(subject, REPOSITORY, at, NOW).kind),
    ['yes', 'no', 'no'],
  );
});

it('says of what is in quarantine to a viewer that it is, since when and why', () => {
  assert.deepEqual(maySee(viewer, REPOSITORY, standing('quarantined'), NOW), {
    kind: 'no',
    why: 'quarantine',
    message: 'the image is in quarantine since 2026-05-31T23:59:59.000Z: for a reason',
  });
});

it('warns of what is deprecated', () => {
  assert.deepEqual(maySee(viewer, REPOSITORY, standing('deprecated'), NOW), {
    kind: 'yes',
    warnings: ['the image is deprecated since 2026-05-31T23:59:59.000Z: for a reason'],
  });
  assert.deepEqual(maySee(viewer, REPOSITORY, standing('approved'), NOW), { kind: 'yes', warnings: [] });
});

it('warns of an approval that ends within a month, and why, whoever it is for', () => {
  const day = 24 * 60 * 60 * 1000;
  const ending = (days: number): Standing =>
    standing('approved', { validUntil: NOW + days * day, reason: 'a rule is broken' });
  assert.deepEqual(maySee(deployer, REPOSITORY, ending(7), NOW), {
    kind: 'yes',
    warnings: ['the approval for production ends 2026-06-08T00:00:00.000Z: a rule is broken'],
  });
  assert.deepEqual(maySee(deployer, REPOSITORY, ending(31), NOW), { kind: 'yes', warnings: [] });
  assert.deepEqual(maySee(viewer, REPOSITORY, ending(7), NOW), { kind: 'yes', warnings: [] });
  const both = maySee(deployer, REPOSITORY, standing('deprecated', { validUntil: NOW + day }), NOW);
  assert.ok(both.kind === 'yes' && both.warnings.length === 2);
});

describe('whoever pulls for an environment', () => {
  const cases: readonly (readonly [name: string, at: Standing, sees: boolean])[] = [
    ['reads what is approved for it', standing('approved', {}), true],
    ['reads what is deprecated and approved for it', standing('deprecated', {}), true],
    ['does not read what nothing was decided of', standing('approved'), false],
    ['does not read what is refused for it', standing('approved', { decision: 'refused' }), false],
    ['does not read what is approved for another', standing('approved', { environment: 'staging' }), false],
    ['reads until the approval ends', standing('approved', { validUntil: NOW + 1 }), true],
    ['does not read from when the approval ends', standing('approved', { validUntil: NOW }), false],
    ['does not read what is in quarantine', standing('quarantined', {}), false],
    ['does not read what is revoked', standing('revoked', {}), false],
    ['does not read what is expired', standing('expired', {}), false],
  ];
  for (const [name, at, sees] of cases) {
    it(name, () => {
      assert.equal(maySee(deployer, REPOSITORY, at, NOW).kind, sees ? 'yes' : 'no');
      // A role too many changes nothing.
      assert.equal(maySee(who('robot:prod', 'admin', 'production'), REPOSITORY, at, NOW).kind, sees ? 'yes' : 'no');
    });
  }
});

it('a repository that may not be pulled from is as one that is not there', () => {
  const unknown = { kind: 'no', why: 'unknown-repository', message: 'there is no such repository' };
  for (const lifecycle of ['quarantined', 'approved', 'deprecated', 'revoked', 'expired'] as const) {
    for (const subject of [ANONYMOUS, auditor]) {
      assert.deepEqual(maySee(subject, REPOSITORY, standing(lifecycle), NOW), unknown);
    }
    assert.deepEqual(maySee(viewer, 'team2/app', standing(lifecycle), NOW), unknown);
    const former = { ...pusher, grants: [] };
    assert.deepEqual(maySee(former, REPOSITORY, standing(lifecycle), NOW), unknown);
  }
});

it('a reason cannot break out of a header', () => {
  const state = {
    lifecycle: 'deprecated',
    reason: 'a\r\nSet-Cookie: x="1"\\ ä\u202e',
    since: 0,
    by: 'user:bob',
  } as const;
  const sight = maySee(viewer, REPOSITORY, { state, pushedBy: 'x', approval: null }, NOW);
  assert.ok(sight.kind === 'yes');
  assert.match(sight.warnings[0] ?? '', /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
});
