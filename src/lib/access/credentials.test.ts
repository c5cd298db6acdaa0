import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { parseRobotName, parseUserName, robotNameOf, subjectIdOf } from './account-name.ts';
import { assertPassword, hashPassword, verifyPassword } from './password.ts';
import { createRobotSecret, hashRobotSecret, isRobotSecret, verifyRobotSecret } from './robot-secret.ts';
import { heldScopes, parseTokenScopes } from './token-scope.ts';

evidence('access/passwords', 'published', 'a PHC string of the reference implementation of argon2');

const PASSWORD = 'correct horse battery';

describe('a password', () => {
  it('is verified by what is stored of it, and no other is', async () => {
    const stored = await hashPassword(PASSWORD, randomBytes);
    assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.ok(await verifyPassword(PASSWORD, stored));
    assert.ok(!(await verifyPassword(`${PASSWORD} `, stored)));
    assert.ok(!(await verifyPassword('', stored)));
    assert.notEqual(await hashPassword(PASSWORD, randomBytes), stored);
  });

  it('is the same however its characters are composed', async () => {
    const stored = await hashPassword('p\u00e4sswort mit umlaut', randomBytes);
    assert.ok(await verifyPassword('pa\u0308sswort mit umlaut', stored));
  });

  it('is verified by strings of other programs', async () => {
    // argon2 (phc-winner-argon2), src/test.c: hashtest(version, 2, 16, 1, "password", "somesalt", …, Argon2_id)
    const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    assert.ok(await verifyPassword('password', stored));
    assert.ok(!(await verifyPassword('differentpassword', stored)));
  });

  it('is never that of a string which is none or asks for too much', async () => {
    const [salt, hash] = ['c29tZXNhbHQ', 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'];
    for (const stored of [
      '',
      PASSWORD,
      `$argon2i$v=19$m=65536,t=2,p=1$${salt}$${hash}`,
      `$argon2id$v=16$m=65536,t=2,p=1$${salt}$${hash}`,
      `$argon2id$v=19$m=4194304,t=2,p=1$${salt}$${hash}`,
      `$argon2id$v=19$m=65536,t=99999,p=1$${salt}$${hash}`,
      `$argon2id$v=19$m=65536,t=2,p=255$${salt}$${hash}`,
      `$argon2id$v=19$m=0,t=0,p=0$${salt}$${hash}`,
      `$argon2id$v=19$m=65536,t=2,p=1$$${hash}`,
      `$argon2id$v=19$m=65536,t=2,p=1$${salt}$`,
      `$argon2id$v=19$m=65536,t=2,p=1$${salt}$${hash}$x`,
    ]) {
      assert.equal(await verifyPassword('password', stored), false, stored);
    }
  });

  it('is long enough and not too long', () => {
    assertPassword('x'.repeat(12));
    assertPassword('x'.repeat(256));
    for (const password of ['', 'x'.repeat(11), 'x'.repeat(257), `\ud800${'x'.repeat(20)}`]) {
      assert.throws(() => assertPassword(password), { code: 'PASSWORD_REFUSED' });
    }
  });
});

describe('the secret of a robot', () => {
  it('has 256 bits and is verified by its hash alone', () => {
    const secret = createRobotSecret(randomBytes);
    assert.match(secret, /^plm_[A-Za-z0-9_-]{43}$/);
    assert.ok(isRobotSecret(secret));
    const stored = hashRobotSecret(secret);
    assert.ok(!stored.includes(secret.slice(4)));
    assert.ok(verifyRobotSecret(secret, stored));
    assert.ok(!verifyRobotSecret(`${secret}x`, stored));
    assert.ok(!verifyRobotSecret(stored, stored));
    assert.ok(!verifyRobotSecret(secret, ''));
  });
});

describe('names of accounts', () => {
  it('of users', () => {
    for (const name of ['alice', 'a', 'a.b-c_d', '0']) {
      assert.equal(parseUserName(name), name);
    }
    for (const name of ['', 'Alice', 'a:b', 'a/b', 'robot$ci', '.a', 'a-', 'a b', 'ä', 'x'.repeat(65), 'a\n']) {
      assert.throws(() => parseUserName(name), { code: 'ACCOUNT_NAME_INVALID' }, name);
    }
  });

  it('of robots', () => {
    for (const [text, project, name] of [
      ['robot$ci', null, 'ci'],
      ['robot$team+ci', 'team', 'ci'],
    ] as const) {
      assert.deepEqual(parseRobotName(text), { project, name });
      assert.equal(robotNameOf({ project, name }), text);
    }
    for (const text of ['ci', 'robot$', 'robot$+ci', 'robot$team+', 'robot$a/b+ci', 'robot$a+b+c', 'robot$Team+ci']) {
      assert.throws(() => parseRobotName(text), { code: 'ACCOUNT_NAME_INVALID' }, text);
    }
  });

  it('are those of subjects', () => {
    assert.equal(subjectIdOf({ kind: 'user', name: 'alice' }), 'user:alice');
    assert.equal(subjectIdOf({ kind: 'robot', name: 'robot$team+ci' }), 'robot:team+ci');
  });
});

describe('scopes of a token', () => {
  it('are read as clients write them', () => {
    const cases: readonly (readonly [string, unknown])[] = [
      ['repository:team/app:pull', [{ repository: 'team/app', actions: ['pull'] }]],
      ['repository:team/app:push,pull', [{ repository: 'team/app', actions: ['pull', 'push'] }]],
      ['repository:team/app:*', [{ repository: 'team/app', actions: ['pull', 'push', 'delete'] }]],
      ['registry:catalog:*', [{ repository: null, actions: ['pull'] }]],
      [
        'repository:a:pull repository:b:pull',
        [
          { repository: 'a', actions: ['pull'] },
          { repository: 'b', actions: ['pull'] },
        ],
      ],
      ['', []],
      ['repository:team/app:fly', []],
      ['repository:team/*:pull', []],
      ['repository::pull', []],
      ['repository:', []],
      ['repository:pull', []],
      ['repository:Team/app:pull', []],
      ['admin:*', []],
    ];
    for (const [text, expected] of cases) {
      assert.deepEqual(parseTokenScopes([text]), expected, text);
    }
    assert.equal(parseTokenScopes(Array.from({ length: 100 }, (_, at) => `repository:a${at}:pull`)).length, 32);
  });

  it('are what is asked for and held', () => {
    const subject = {
      id: 'user:a',
      environment: null,
      grants: [{ role: 'viewer', scope: 'team/*', environment: '*' }],
    } as const;
    assert.deepEqual(heldScopes(subject, parseTokenScopes(['repository:team/app:*', 'repository:other/app:pull'])), [
      { repository: 'team/app', actions: ['pull'] },
    ]);
  });
});
