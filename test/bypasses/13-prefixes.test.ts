import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { cosignSignature, testKey } from '../fixtures/signing.ts';
import {
  assertAccepted,
  assertRefused,
  IMAGE,
  judge,
  keySigner,
  NOW,
  signedBy,
  signedByCosign,
  trusting,
} from './attack.ts';

evidence('trust/bypass-13', 'self-made', 'repositories whose names begin, end or look like one of the configuration');
evidence('trust/bypass-13', 'real tool', 'a signature of cosign 2 in a repository with another name');

const release = testKey();
const attachments = [cosignSignature(IMAGE, release)];

async function attempt(pattern: string, repository: string) {
  const rules = [{ name: 'rule', repositories: [pattern], platforms: 'either', require: [signedBy('release')] }];
  return await judge({ attachments, signers: { release: keySigner(release) }, rules, repository });
}

const neighbours: readonly (readonly [pattern: string, good: string, ...evil: readonly string[]])[] = [
  [
    'ghcr.io/org/**',
    'ghcr.io/org/app',
    'ghcr.io/org-evil/app',
    'ghcr.io/orgevil/app',
    'ghcr.io/org',
    'ghcr.io/or/g/app',
  ],
  ['ghcr.io/org/*', 'ghcr.io/org/app', 'ghcr.io/org/app/evil', 'ghcr.io/org-evil/app', 'ghcr.io/org/'],
  [
    'ghcr.io/org/app',
    'ghcr.io/org/app',
    'ghcr.io/org/app-evil',
    'ghcr.io/org/app/evil',
    'ghcr.io/org/ap',
    'ghcr.io/evil/org/app',
  ],
  [
    'ghcr.io/**',
    'ghcr.io/a/b',
    'ghcr.io.evil.example/a/b',
    'evil.example/ghcr.io/a',
    'xghcr.io/a/b',
    'ghcr.io:5000/a/b',
    'ghcrxio.example/a',
  ],
  [
    '*.corp.example/**',
    'a.corp.example/x',
    'corp.example/x',
    'evilcorp.example/x',
    'a.corp.example.evil.example/x',
    'evil.example/a.corp.example/x',
  ],
  [
    'docker.io/library/nginx',
    'docker.io/library/nginx',
    'docker.io/evil/nginx',
    'docker.io/library/nginx-evil',
    'docker.io/library/nginx/x',
    'evil.example/library/nginx',
  ],
  ['docker.io/library/*', 'docker.io/library/nginx', 'docker.io/library-evil/nginx', 'docker.io/evil/library'],
  ['localhost/app', 'localhost/app', 'localhost:5000/app', 'localhost.evil.example/app', 'docker.io/localhost/app'],
  ['[::1]:5000/app', '[::1]:5000/app', '[::1]:5001/app', '[::2]:5000/app'],
];

describe('names that begin alike: OPA k8sallowedrepos', () => {
  for (const [pattern, good, ...evil] of neighbours) {
    it(`${pattern} is for ${good}`, async () => {
      assertAccepted(await attempt(pattern, good));
    });
    for (const repository of evil) {
      it(`${pattern} is not for ${repository}`, async () => {
        assertRefused(await attempt(pattern, repository), /^no rule of attacked is for /);
      });
    }
  }

  const patterns: readonly (readonly [pattern: string, fault: RegExp])[] = [
    ['ghcr.io/org*', /a \* that is a whole segment/],
    ['ghcr.io/org-*/app', /a \* that is a whole segment/],
    ['ghcr.io/**/app', /\*\* only at the end/],
    ['ghcr*/org', /a host such as/],
    ['*/org/app', /a host such as/],
    ['*', /registry\.example/],
    ['ghcr.io', /registry\.example/],
    ['ghcr.io/', /./],
    ['org/app', /a host such as/],
    ['nginx', /registry\.example/],
    ['docker.io/nginx', /docker\.io\/library\/nginx/],
    ['ghcr.io/org/app:1.0', /segments of lower-case letters/],
    [`ghcr.io/org/app@${IMAGE.digest}`, /segments of lower-case letters/],
    ['ghcr.io/Org/app', /segments of lower-case letters/],
    ['https://ghcr.io/org', /a host such as|segments of/],
    ['user@ghcr.io/org', /a host such as/],
    ['ghcr.io\\evil/org', /a host such as/],
    ['', /registry\.example|not empty/],
    ['^ghcr\\.io/.*$', /./],
  ];
  for (const [pattern, fault] of patterns) {
    it(`a configuration is refused: ${pattern === '' ? 'an empty pattern' : pattern}`, async () => {
      for (const member of ['repositories', 'except'] as const) {
        const rule = {
          name: 'rule',
          repositories: ['**'],
          platforms: 'either',
          require: [signedBy('release')],
          [member]: [pattern],
        };
        await assert.rejects(trusting({ signers: { release: keySigner(release) }, rules: [rule] }), {
          code: 'TRUST_CONFIGURATION_INVALID',
          message: fault,
        });
      }
    });
  }

  it('names that a signature gives are compared whole', async () => {
    const same = { signature: { signers: ['release'], signedReference: 'same-repository' } };
    const rules = [{ name: 'rule', repositories: ['**'], platforms: 'either', require: [same] }];
    for (const named of [
      'registry.example/team/app-evil',
      'registry.example/team',
      'registry.example/team/app/x',
      'registry.example.evil/team/app',
      'team/app',
      '',
    ]) {
      const signature = cosignSignature(IMAGE, release, (usual) =>
        usual.replace('"registry.example/team/app"', JSON.stringify(named)),
      );
      const judgement = await judge({
        attachments: [signature],
        signers: { release: keySigner(release) },
        rules,
        now: NOW,
      });
      assertRefused(judgement, /^REFERENCE_MISMATCH .*expected "registry\.example\/team\/app", found /);
    }
  });
});

describe('a signature of cosign 2', () => {
  it('refused: in a repository with a name that is alike', async () => {
    const real = signedByCosign('cosign2-key');
    assertAccepted(await judge(real));
    assertRefused(
      await judge({ ...real, repository: 'registry.example/team-evil/app' }),
      /^no rule of attacked is for /,
    );
  });
});
