import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  ACTIONS,
  type Action,
  ANONYMOUS,
  type Grant,
  ROLES,
  type Role,
  type Subject,
  WORKER,
} from '#model/platform/access.ts';
import { evidence } from '#test/evidence.ts';
import { decide, may, mayList, namePrefixes } from './decide.ts';

evidence('access/roles', 'self-made', 'every role with every action, in and out of its scope and environment');

function subject(grants: readonly Grant[], environment: string | null = null): Subject {
  return { id: 'user:alice', grants, environment };
}

function grant(role: Role, scope: string, environment = '*'): Grant {
  return { role, scope, environment };
}

const ALLOWED: Readonly<Record<Role, readonly Action[]>> = {
  viewer: ['pull', 'read'],
  developer: ['pull', 'read'],
  publisher: ['pull', 'push', 'delete', 'read'],
  approver: ['pull', 'read', 'approve', 'inspect'],
  deployer: ['pull'],
  auditor: ['read', 'audit'],
  admin: [...ACTIONS],
};

describe('what a role may do', () => {
  for (const role of ROLES) {
    for (const action of ACTIONS) {
      const isAllowed = ALLOWED[role].includes(action);
      it(`${role}: ${action} ${isAllowed ? 'yes' : 'no'}`, () => {
        const who = subject([grant(role, 'team/*')]);
        assert.equal(may(who, action, 'team/app'), isAllowed);
        assert.equal(may(who, action, 'team2/app'), false);
        assert.equal(may(who, action, null), false);
        assert.equal(may(subject([grant(role, '*')]), action, null), isAllowed);
      });
    }
  }
});

describe('an environment', () => {
  it('binds a deployer, whose account says for which it pulls', () => {
    const deployer = [grant('deployer', '*', 'production')];
    assert.ok(may(subject(deployer, 'production'), 'pull', 'team/app'));
    assert.ok(!may(subject(deployer, 'staging'), 'pull', 'team/app'));
    assert.ok(!may(subject(deployer), 'pull', 'team/app'));
  });

  it('binds what an approver decides, and not what he looks at', () => {
    const approver = subject([grant('approver', 'team/*', 'staging')]);
    assert.equal(decide(approver, 'approve', { repository: 'team/app', environment: 'staging' }).kind, 'yes');
    assert.equal(decide(approver, 'approve', { repository: 'team/app', environment: 'production' }).kind, 'no');
    assert.equal(decide(approver, 'approve', { repository: 'team/app' }).kind, 'no');
    assert.ok(may(approver, 'inspect', 'team/app'));
  });
});

describe('a token', () => {
  const publisher = subject([grant('publisher', 'team/*')]);
  const narrowed: Subject = { ...publisher, within: [{ repository: 'team/app', actions: ['pull'] }] };

  it('allows what it names and is held', () => {
    assert.ok(may(narrowed, 'pull', 'team/app'));
    assert.ok(!may(narrowed, 'push', 'team/app'));
    assert.ok(!may(narrowed, 'pull', 'team/other'));
    const wide: Subject = { ...publisher, within: [{ repository: 'other/app', actions: ['pull', 'push', 'delete'] }] };
    assert.ok(!may(wide, 'pull', 'other/app'));
  });

  it('is for the registry alone', () => {
    for (const action of ['read', 'approve', 'audit', 'administer'] as const) {
      const admin: Subject = { ...WORKER, within: [{ repository: 'a', actions: ['pull', 'push', 'delete'] }] };
      assert.ok(!may(admin, action, 'a'), action);
      assert.ok(!may({ ...WORKER, within: [{ repository: null, actions: ['pull'] }] }, action, null), action);
    }
  });

  it('lists repositories only when it is for the list', () => {
    assert.ok(mayList(publisher, 'team/app'));
    assert.ok(!mayList(narrowed, 'team/app'));
    assert.ok(mayList({ ...publisher, within: [{ repository: null, actions: ['pull'] }] }, 'team/app'));
    assert.ok(!mayList({ ...publisher, within: [{ repository: null, actions: ['pull'] }] }, 'other/app'));
  });
});

it('nobody in particular may do nothing, our own work everything', () => {
  for (const action of ACTIONS) {
    assert.ok(!may(ANONYMOUS, action, 'a'));
    assert.ok(!may(ANONYMOUS, action, null));
    assert.ok(may(WORKER, action, 'a'));
    assert.ok(may(WORKER, action, null));
  }
});

it('a stored grant whose scope is none gives nothing', () => {
  for (const scope of ['', 'team', 'team/', 'team/**', 'te*', 'Team/*', '*/app', 'team//*', '**', '/*', ' *']) {
    assert.ok(!may(subject([grant('admin', scope)]), 'pull', 'team/app'), scope);
  }
});

describe('prefixes of names', () => {
  it('are those of the grants that reach', () => {
    const who = subject([grant('viewer', 'team/*'), grant('viewer', 'a/b'), grant('auditor', 'x/*')]);
    assert.deepEqual(namePrefixes(who, 'pull'), ['a/b', 'team/']);
    assert.deepEqual(namePrefixes(ANONYMOUS, 'pull'), []);
    assert.equal(namePrefixes(WORKER, 'pull'), null);
    assert.deepEqual(namePrefixes({ ...who, within: [] }, 'read'), []);
  });

  it('are of every repository that may be pulled, and of no other', () => {
    const segment = fc.constantFrom('a', 'b', 'ab');
    const name = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const scope = fc.oneof(
      name,
      name.map((text) => `${text}/*`),
    );
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 3 }), name, (scopes, repository) => {
        const who = subject(scopes.map((text) => grant('viewer', text)));
        const prefixes = namePrefixes(who, 'pull') ?? [''];
        const isMeant = prefixes.some((one) => (one.endsWith('/') ? repository.startsWith(one) : repository === one));
        assert.equal(isMeant, may(who, 'pull', repository));
      }),
    );
  });
});
