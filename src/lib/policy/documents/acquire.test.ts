import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDocuments, readPolicyFiles } from './index.ts';

const WHOLE = `apiVersion: plimsoll.dev/v1
kind: Source
metadata: { name: hub }
acquire:
  registry: docker.io
  repositories: [library/*]
  tags:
    - { exact: latest }
    - { semver: ">=1.2 <2" }
    - { matches: '3\\.[0-9]+' }
  platforms: [linux/amd64]
  into: mirror/hub
  trust: hub
  credentials: { username: env:HUB_USER, password: file:/run/secrets/hub }
  network: private
  tls: verify
  every: 6h
  environment: production
  firstPull: { mode: serve, wait: 90s }
`;

function acquireOf(text: string) {
  const [source] = parseDocuments(text, 'hub.yaml');
  assert.ok(source?.kind === 'Source');
  return source.acquire;
}

it('a source says how images are taken', () => {
  assert.deepEqual(acquireOf(WHOLE), {
    registry: 'docker.io',
    repositories: ['library/*'],
    tags: [
      { kind: 'exact', tag: 'latest' },
      { kind: 'semver', range: '>=1.2 <2' },
      { kind: 'matches', pattern: '3\\.[0-9]+' },
    ],
    platforms: ['linux/amd64'],
    into: 'mirror/hub',
    trust: 'hub',
    credentials: { username: 'env:HUB_USER', password: 'file:/run/secrets/hub' },
    network: 'private',
    tls: 'verify',
    everyMs: 6 * 3_600_000,
    environment: 'production',
    firstPull: { mode: 'serve', waitMs: 90_000 },
  });
});

it('one that says little takes digests from public addresses when somebody asks', () => {
  const little = `apiVersion: plimsoll.dev/v1
kind: Source
metadata: { name: hub }
acquire: { registry: Index.Docker.io, repositories: [library/alpine], into: mirror, environment: production }
`;
  assert.deepEqual(acquireOf(little), {
    registry: 'docker.io',
    repositories: ['library/alpine'],
    tags: [],
    platforms: [],
    into: 'mirror',
    trust: null,
    credentials: null,
    network: 'public',
    tls: 'verify',
    everyMs: null,
    environment: 'production',
    firstPull: { mode: 'off', waitMs: 60_000 },
  });
  const held = acquireOf(little.replace('into: mirror', 'into: mirror, firstPull: {}'));
  assert.deepEqual(held?.firstPull, { mode: 'hold', waitMs: 60_000 });
  assert.equal(acquireOf(little.replace(/acquire:.*\n/, '')), null);
});

it('a source without it is what it was: its digest and its place among facts stay', () => {
  const [source] = parseDocuments(
    'apiVersion: plimsoll.dev/v1\nkind: Source\nmetadata: { name: acme }\nrepositories: [registry.example/**]\n',
    'a.yaml',
  );
  assert.equal(source?.digest, 'sha256:314137cbd418714716b236a558254640f890723cf6032713bfe04a9671085061');
});

describe('what is wrong is told with its line', () => {
  const cases: readonly (readonly [what: string, from: string, to: string, message: RegExp])[] = [
    ['no registry', 'docker.io', 'https://docker.io', /line 5, column 3, acquire > registry: expected a registry such/],
    ['a host without a dot', 'docker.io', 'docker', /line 5, column 3, acquire > registry: expected a registry such/],
    ['every host', 'docker.io', '"*.io"', /line 5, column 3, acquire > registry: expected a registry such/],
    ['no pattern', '[library/*]', '[]', /line 6, column 3, acquire > repositories: expected at least one pattern/],
    [
      'a part of a name',
      'library/*',
      'library/al*',
      /line 6, column 18, acquire > repositories > \[0\]: expected a \* that is a whole segment/,
    ],
    [
      'a name that Docker Hub does not have',
      'library/*',
      'alpine',
      /line 6, .*expected two segments.*docker\.io\/library\/alpine/,
    ],
    [
      'a host in it',
      'library/*',
      '/docker.io/library',
      /line 6, .*expected a pattern of repositories below the registry/,
    ],
    ['no tag', 'latest', 'la/test', /line 8, column 9, acquire > tags > \[0\] > exact: expected a tag/],
    ['no range', '>=1.2 <2', '>=1.2 <two', /line 9, column 9, acquire > tags > \[1\] > semver: expected a range/],
    [
      'no expression',
      "'3\\.[0-9]+'",
      "'3[('",
      /line 10, column 9, acquire > tags > \[2\] > matches: expected a pattern in RE2 syntax/,
    ],
    ['an expression past RE2', "'3\\.[0-9]+'", "'(?=3)'", /line 10, .*expected a pattern in RE2 syntax/],
    ['one that is too large', "'3\\.[0-9]+'", "'((a{99}){99}){99}'", /line 10, .*regular expression too large/],
    [
      'two in one rule',
      'exact: latest',
      'exact: latest, semver: "1"',
      /line 8, .*expected exactly one of exact, semver, matches/,
    ],
    ['a rule that says nothing', '{ exact: latest }', '{}', /line 8, column 7, .*expected exactly one of exact/],
    [
      'no place',
      'mirror/hub',
      'Mirror',
      /line 12, column 3, acquire > into: expected a name that repositories begin with/,
    ],
    ['a hidden place', 'mirror/hub', '.installation', /line 12, column 3, acquire > into: expected a name/],
    ['no wait', '90s', '1h', /line 19, .*expected a time from 1s to 10m/],
    ['a wait that is too long', '90s', '11m', /line 19, .*expected a time from 1s to 10m/],
    ['no environment', '  environment: production\n', '', /acquire > environment: expected a name/],
    [
      'plain HTTP for all to read',
      'network: private\n  tls: verify',
      'network: public\n  tls: none',
      /line 16, column 3, acquire > tls: expected verify/,
    ],
    ['secrets over plain HTTP', 'tls: verify', 'tls: none', /line 14, column 3, acquire > credentials: expected none/],
    [
      'looks without tags',
      /tags:\n(?: {4}.*\n)+/.exec(WHOLE)?.[0] ?? '',
      'tags: []\n',
      /acquire > every: expected tags beside it/,
    ],
    [
      'an unknown member',
      'tls: verify',
      'tsl: verify',
      /line 16, column 3, acquire: expected a key that there is, found "tsl"; did you mean "tls"\?/,
    ],
  ];
  for (const [what, from, to, message] of cases) {
    it(what, () => {
      assert.ok(WHOLE.includes(from));
      assert.throws(
        () =>
          parseDocuments(
            WHOLE.replace(from, () => to),
            'hub.yaml',
          ),
        { code: 'POLICY_DOCUMENT_INVALID', message },
      );
    });
  }
});

describe('what may be a secret is never shown', () => {
  const SECRET = 'hunter2-s3cr3t';
  for (const [what, credentials] of [
    ['a literal', `{ username: env:A, password: ${SECRET} }`],
    ['a literal as user name', `{ username: ${SECRET}, password: env:A }`],
    ['another reference', `{ username: env:A, password: "vault:${SECRET}" }`],
    ['a text in place of both', SECRET],
    ['a list', `[${SECRET}]`],
    ['an environment variable that is none', `{ username: env:A, password: "env:${SECRET}" }`],
    ['a key twice', `\n    username: env:A\n    password: env:B\n    password: ${SECRET}`],
  ] as const) {
    it(what, () => {
      const text = WHOLE.replace(/credentials: .*/, () => `credentials: ${credentials}`);
      const { issues } = readPolicyFiles([{ path: 'hub.yaml', bytes: Buffer.from(text) }]);
      assert.ok(issues.length > 0);
      assert.ok(!JSON.stringify(issues).includes(SECRET), JSON.stringify(issues));
      assert.ok((issues[0]?.line ?? 0) >= 14);
    });
  }
});
