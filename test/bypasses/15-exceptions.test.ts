import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printYaml } from '#base/yaml.ts';
import { trustImporters } from '#lib/trust/configuration/importers/list.ts';
import { loadTrustConfiguration } from '#lib/trust/index.ts';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { cosignSignature, testKey } from '../fixtures/signing.ts';
import {
  assertAccepted,
  assertRefused,
  IMAGE,
  type Judgement,
  judge,
  judgeBy,
  keySigner,
  signedBy,
  signedByCosign,
  trusting,
} from './attack.ts';

evidence(
  'trust/bypass-15',
  'self-made',
  'rules that leave repositories to others, and policies of other tools that accept anything',
);
evidence('trust/bypass-15', 'real tool', 'a signature of cosign 2 under a rule that leaves its repository out');

const [release, security, stranger] = [testKey(), testKey(), testKey()];
const signers = { release: keySigner(release), security: keySigner(security) };

interface Rule {
  readonly repositories: readonly string[];
  readonly except?: readonly string[];
  readonly by: string;
}

async function attempt(
  rules: readonly Rule[],
  repository: string,
  ...keys: readonly (typeof release)[]
): Promise<Judgement> {
  const attachments = keys.map((key) => cosignSignature(IMAGE, key));
  const written = rules.map(({ by, ...rule }, index) => ({
    name: `rule-${index}`,
    platforms: 'either',
    require: [signedBy(by)],
    ...rule,
  }));
  return await judge({ attachments, signers, rules: written, repository });
}

const everything: Rule = { repositories: ['**'], by: 'security' };
const NO_RULE = /^no rule of attacked is for /;

describe('exceptions that reach further than meant: CVE-2024-48921, GHSA-gg4x-fgg2-h9w9', () => {
  it('an exception takes its own rule away, and no other', async () => {
    const team: Rule = {
      repositories: ['registry.example/team/**'],
      except: ['registry.example/team/public/**'],
      by: 'release',
    };
    assertAccepted(await attempt([everything, team], 'registry.example/team/public/app', security));
    assertRefused(
      await attempt([everything, team], 'registry.example/team/public/app', stranger),
      /^rule rule-0.*0 of 1/,
    );
    assertRefused(await attempt([everything, team], 'registry.example/team/app', security), /^rule rule-1.*0 of 1/);
  });

  it('two exceptions never combine to none at all', async () => {
    const a: Rule = { ...everything, except: ['registry.example/team/**'] };
    const b: Rule = { repositories: ['registry.example/**'], except: ['registry.example/team/app'], by: 'release' };
    assertRefused(await attempt([a, b], 'registry.example/team/app', release, security), NO_RULE);
    assertAccepted(await attempt([a, b], 'registry.example/team/other', release));
  });

  it('two rules of which each is met alone do not meet each other', async () => {
    const both: readonly Rule[] = [everything, { repositories: ['registry.example/**'], by: 'release' }];
    assertAccepted(await attempt(both, 'registry.example/x', release, security));
    assertRefused(await attempt(both, 'registry.example/x', release), /^rule rule-0.*0 of 1/);
    assertRefused(await attempt(both, 'registry.example/x', security), /^rule rule-1.*0 of 1/);
  });

  it('a second, weaker rule for the same repository changes nothing', async () => {
    const strict: Rule = { repositories: ['registry.example/team/app'], by: 'release' };
    for (const rules of [
      [strict, everything],
      [everything, strict],
    ]) {
      assertRefused(await attempt(rules, 'registry.example/team/app', security), /signature by release: 0 of 1 found/);
    }
  });

  const narrow: readonly (readonly [except: string, repository: string])[] = [
    ['registry.example/team/public', 'registry.example/team/public/evil'],
    ['registry.example/team/public', 'registry.example/team/public-evil'],
    ['registry.example/team/public/**', 'registry.example/team/public'],
    ['registry.example/team/public/**', 'registry.example/team/publicevil/x'],
    ['registry.example/*/public', 'registry.example/a/b/public'],
    ['*.example/public/**', 'example/public/x'],
    ['*.registry.example/**', 'registry.example/public/x'],
    ['docker.io/library/*', 'docker.io/evil/nginx'],
    ['local', 'registry.example/local'],
  ];
  for (const [except, repository] of narrow) {
    it(`an exception for ${except} is none for ${repository}`, async () => {
      const rules = [everything, { repositories: ['**'], except: [except], by: 'release' }];
      assertRefused(await attempt(rules, repository, security), /^(rule rule-1.*0 of 1|no rule)/);
    });
  }

  it('refused: a refusal beside rules that are met', async () => {
    const rules = [
      { name: 'all', repositories: ['**'], platforms: 'either', require: [signedBy('release')] },
      {
        name: 'stop',
        repositories: ['registry.example/team/**'],
        platforms: 'either',
        require: [{ refuse: 'under review' }],
      },
    ];
    const attachments = [cosignSignature(IMAGE, release)];
    assertRefused(await judge({ attachments, signers, rules }), /^rule stop.*under review/);
  });

  const unknown: readonly (readonly [member: string, value: unknown])[] = [
    ['expiresAt', '2020-01-01T00:00:00Z'],
    ['exceptions', [{ repositories: ['**'] }]],
    ['excludes', ['**']],
    ['images', ['registry.example/none']],
    ['mode', 'warn'],
    ['enforce', false],
    ['skip', true],
    ['Require', []],
    ['require ', []],
    ['namespaces', ['kube-system']],
  ];
  for (const [member, value] of unknown) {
    it(`a configuration is refused: a rule with ${JSON.stringify(member)}, which would be passed over (policies#1530, Kyverno #17473)`, async () => {
      const rule = {
        name: 'rule',
        repositories: ['**'],
        platforms: 'either',
        require: [signedBy('release')],
        [member]: value,
      };
      await assert.rejects(trusting({ signers, rules: [rule] }), {
        code: 'TRUST_CONFIGURATION_INVALID',
        message: new RegExp(`expected a key that there is, found ${JSON.stringify(member)}`),
      });
    });
  }

  it('a configuration is refused: two rules of one name', async () => {
    const rule = { name: 'rule', repositories: ['**'], platforms: 'either', require: [signedBy('release')] };
    await assert.rejects(trusting({ signers, rules: [rule, rule] }), { message: /every rule under a name of its own/ });
  });
});

/** The policy of another tool, imported, on an image with these signatures. */
async function imported(
  id: string,
  policy: unknown,
  repository: string | null,
  ...keys: readonly (typeof release)[]
): Promise<Judgement> {
  const importer = trustImporters.find((member) => member.id === id);
  assert.ok(importer !== undefined);
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
  const { document } = await importer.read({ text, file: 'policy', listFolder: () => Promise.resolve(null) });
  const configuration = await loadTrustConfiguration(
    printYaml(document),
    '/trust.yaml',
    async () => await Promise.resolve(Buffer.from(release.pem)),
  );
  const attachments: readonly Attachment[] = keys.map((key) => cosignSignature(IMAGE, key));
  return judgeBy(configuration, { attachments, repository });
}

const ANYTHING = { type: 'insecureAcceptAnything' };
const BY_KEY = { type: 'sigstoreSigned', keyPath: '/key.pub', signedIdentity: { type: 'matchRepository' } };

function clusterImagePolicy(spec: object): string {
  return printYaml({
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    metadata: { name: 'p' },
    spec,
  });
}

const AUTHORITY = { name: 'key', key: { data: release.pem }, ctlog: undefined };
const trustPolicy = (level: string, ...scopes: readonly string[]): object => ({
  name: `p-${level}-${scopes.length}`,
  registryScopes: scopes,
  signatureVerification: { level },
  ...(level === 'skip' ? {} : { trustStores: ['ca:none'], trustedIdentities: ['*'] }),
});

describe('policies of other tools that accept anything', () => {
  const nothing: readonly (readonly [name: string, id: string, policy: unknown])[] = [
    ['anything by default', 'containers-policy', { default: [ANYTHING] }],
    [
      'anything for a registry',
      'containers-policy',
      { default: [{ type: 'reject' }], transports: { docker: { 'registry.example': [ANYTHING] } } },
    ],
    [
      'anything by default, and a key elsewhere',
      'containers-policy',
      { default: [ANYTHING], transports: { docker: { 'other.example': [BY_KEY] } } },
    ],
    [
      'pass whatever it is',
      'cluster-image-policy',
      clusterImagePolicy({ images: [{ glob: '**' }], authorities: [{ name: 'all', static: { action: 'pass' } }] }),
    ],
    [
      'warn alone',
      'cluster-image-policy',
      clusterImagePolicy({ mode: 'warn', images: [{ glob: '**' }], authorities: [AUTHORITY] }),
    ],
    ['skip', 'notation', { version: '1.0', trustPolicies: [trustPolicy('skip', '*')] }],
    [
      'skip for a repository',
      'notation',
      { version: '1.0', trustPolicies: [trustPolicy('skip', 'registry.example/team/app')] },
    ],
  ];
  for (const [name, id, policy] of nothing) {
    it(`refused: an image that nobody signed, by ${id}: ${name}`, async () => {
      for (const keys of [[], [stranger]]) {
        const judgement = await imported(id, policy, 'registry.example/team/app', ...keys);
        assertRefused(judgement, /./);
      }
    });
  }

  it('refused: anything for one part of a registry is no way around the key for all of it', async () => {
    const policy = {
      default: [{ type: 'reject' }],
      transports: { docker: { 'registry.example': [BY_KEY], 'registry.example/team/public': [ANYTHING] } },
    };
    for (const repository of [
      'registry.example/team/public',
      'registry.example/team/public/x',
      'registry.example/team/publicx',
      'registry.example/team',
      'other.example/x',
      null,
    ]) {
      const judgement = await imported('containers-policy', policy, repository);
      assertRefused(judgement, /./, String(repository));
    }
  });
});

describe('a signature of cosign 2', () => {
  it('refused: where the only rule leaves the repository to others', async () => {
    const real = signedByCosign('cosign2-key');
    const rule = { name: 'rule', repositories: ['**'], platforms: 'either', require: [signedBy('release')] };
    assertAccepted(await judge({ ...real, rules: [rule] }));
    assertRefused(await judge({ ...real, rules: [{ ...rule, except: ['registry.example/**'] }] }), NO_RULE);
  });
});
