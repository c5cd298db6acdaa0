import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { accepts, loadImported } from '../contract.ts';
import type { ImportedTrust } from '../importer.ts';
import { containersPolicy } from './index.ts';

evidence('trust/import-containers-policy', 'real tool', 'skopeo says which policies are valid');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-policy-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const keys = resolve(import.meta.dirname, '../../../../../../test/fixtures/signed/keys');

async function importPolicy(policy: unknown): Promise<ImportedTrust> {
  return await containersPolicy.read({
    text: typeof policy === 'string' ? policy : JSON.stringify(policy),
    file: 'policy.json',
    listFolder: () => Promise.resolve(null),
  });
}

function load(imported: ImportedTrust) {
  return loadImported(imported, () => readFile(join(keys, 'p256.pub')));
}

const REJECT = { type: 'reject' };
const ANYTHING = { type: 'insecureAcceptAnything' };
const signedBy = (key: string, more: object = {}): object => ({
  type: 'sigstoreSigned',
  keyPath: `/keys/${key}.pub`,
  ...more,
});

describe('the importer of containers policies', () => {
  it('never turns a rejection into an acceptance', async () => {
    const configuration = await load(
      await importPolicy({
        default: [REJECT],
        transports: { docker: { 'registry.example': [signedBy('a')], 'registry.example/evil': [REJECT] } },
      }),
    );
    assert.equal(
      accepts(configuration, 'registry.example/good', () => true),
      true,
    );
    for (const repository of ['registry.example/evil', 'registry.example/evil/x', 'other.example/x', null]) {
      assert.equal(
        accepts(configuration, repository, () => true),
        false,
        String(repository),
      );
    }
  });

  it('never accepts what is accepted without a signature there', async () => {
    const imported = await importPolicy({
      default: [ANYTHING],
      transports: { docker: { 'r.example': [ANYTHING] }, dir: { '': [ANYTHING] } },
    });
    const configuration = await load(imported);
    assert.deepEqual(configuration.rules, []);
    assert.deepEqual(
      imported.notCarriedOver.map(({ where }) => where),
      ['transports.dir', 'transports.docker["r.example"]', 'default'],
    );
  });

  it('carries over keys, logs and the name that a signature has to give', async () => {
    const pem = readFileSync(join(keys, 'p256.pub'));
    const imported = await importPolicy({
      default: [REJECT],
      transports: {
        docker: {
          'registry.example/a': [
            { type: 'sigstoreSigned', keyData: pem.toString('base64'), rekorPublicKeyPath: '/rekor.pub' },
          ],
          'registry.example/b': [signedBy('a', { signedIdentity: { type: 'matchRepository' } }), signedBy('b')],
          'registry.example/c': [
            {
              type: 'sigstoreSigned',
              keyPaths: ['/keys/a.pub', '/keys/b.pub'],
              signedIdentity: { type: 'exactRepository', dockerRepository: 'vendor.example/c' },
            },
          ],
          'registry.example/d': [
            {
              type: 'sigstoreSigned',
              fulcio: { caPath: '/ca.pem', oidcIssuer: 'https://i.example', subjectEmail: 'a@b.example' },
              rekorPublicKeyPath: '/rekor.pub',
            },
          ],
        },
      },
    });
    const { document } = imported;
    const requirements = new Map(document.rules.map(({ name, require }) => [name, require]));
    assert.deepEqual(document.signers?.['key'], {
      key: { pem: pem.toString('latin1'), root: 'rekor', transparency: 'required' },
    });
    assert.deepEqual(requirements.get('registry.example-b'), [
      { signature: { signers: ['a'], signedReference: 'same-repository' } },
      { signature: { signers: ['b'], signedReference: 'same-reference' } },
    ]);
    assert.deepEqual(requirements.get('registry.example-c'), [
      { signature: { signers: ['a', 'b'], signedReference: { repository: 'vendor.example/c' } } },
    ]);
    assert.deepEqual(document.signers?.['a-b.example'], {
      keyless: { root: 'fulcio', issuer: 'https://i.example', subject: 'a@b.example' },
    });
    assert.ok(document.rules.every(({ platforms }) => platforms === 'each'));
  });

  const unsaid: readonly (readonly [what: string, requirement: object])[] = [
    ['OpenPGP signatures', { type: 'signedBy', keyType: 'GPGKeys', keyPath: '/k.gpg' }],
    ['other authorities', { type: 'sigstoreSigned', pki: { caRootsPath: '/ca.pem', subjectEmail: 'a@b.example' } }],
    ['matchExact', signedBy('a', { signedIdentity: { type: 'matchExact' } })],
    ['exactReference', signedBy('a', { signedIdentity: { type: 'exactReference', dockerReference: 'r.example/a:1' } })],
    [
      'remapIdentity',
      signedBy('a', { signedIdentity: { type: 'remapIdentity', prefix: 'a.example', signedPrefix: 'b.example' } }),
    ],
  ];
  for (const [what, requirement] of unsaid) {
    it(`refuses the images of what it cannot say: ${what}`, async () => {
      const imported = await importPolicy({ default: [requirement] });
      assert.equal(imported.notCarriedOver.length, 1);
      assert.equal(
        accepts(await load(imported), 'registry.example/a', () => true),
        false,
      );
    });
  }

  it('refuses the repository of a tag', async () => {
    const imported = await importPolicy({
      default: [REJECT],
      transports: {
        docker: { 'r.example': [signedBy('a')], 'r.example/app:1': [signedBy('b')], '*.example': [signedBy('c')] },
      },
    });
    const configuration = await load(imported);
    assert.equal(
      accepts(configuration, 'r.example/app', () => true),
      false,
    );
    assert.equal(
      accepts(configuration, 'r.example/other', (name) => name === 'a'),
      true,
    );
    assert.equal(
      accepts(configuration, 's.example:5000/other', (name) => name === 'a'),
      false,
    );
    assert.equal(
      accepts(configuration, 's.example:5000/other', (name) => name === 'c'),
      true,
    );
  });

  it('never accepts what the policy refuses', async (t) => {
    const hosts = ['r.example', 'a.r.example', 'r.example:5000', 'docker.io', 'b.example'];
    const host = fc.constantFrom(...hosts);
    const segment = fc.constantFrom('a', 'b', 'ab', 'library');
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
    const repository = fc
      .tuple(host, path)
      .map(([domain, name]) =>
        domain === 'docker.io' && !name.includes('/') ? `${domain}/library/${name}` : `${domain}/${name}`,
      );
    const scope = fc.oneof(
      host,
      fc.constantFrom('', '*.example', '*.r.example', '*.io'),
      fc.tuple(host, path).map((parts) => parts.join('/')),
      repository.map((name) => `${name}:1`),
    );
    const requirement = fc.oneof(
      fc.constantFrom<object>(REJECT, ANYTHING, { type: 'signedBy', keyType: 'GPGKeys', keyPath: '/k' }),
      fc.constantFrom('a', 'b').map((key) => signedBy(key)),
    );
    const requirements = fc.array(requirement, { minLength: 1, maxLength: 2 });
    const counts = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        requirements,
        fc.dictionary(scope, requirements, { maxKeys: 5 }),
        fc.array(repository, { minLength: 4, maxLength: 4 }),
        fc.subarray(['a', 'b']),
        async (fallback, docker, repositories, signers) => {
          const configuration = await load(await importPolicy({ default: fallback, transports: { docker } }));
          for (const name of repositories) {
            const here = accepts(configuration, name, (signer) => signers.includes(signer));
            for (const tag of ['1', '2']) {
              const there = decide(
                scopesOf(name, tag)
                  .map((key) => docker[key])
                  .find((found) => found !== undefined) ??
                  docker[''] ??
                  fallback,
                signers,
              );
              assert.ok(!here || there, `${name}:${tag}`);
            }
            counts[here ? 'accepted' : 'refused'] += 1;
          }
        },
      ),
      { numRuns: 300 },
    );
    t.diagnostic(`${counts.accepted} accepted, ${counts.refused} refused`);
    assert.ok(counts.accepted > 20 && counts.refused > 20, JSON.stringify(counts));
  });
});

/** The scopes of an image, the most specific first (containers/image docker/policyconfiguration/naming.go). */
function scopesOf(repository: string, tag: string): readonly string[] {
  const segments = repository.split('/');
  const names = segments.map((_, index) => segments.slice(0, segments.length - index).join('/'));
  const labels = (segments[0] ?? '').replace(/:.*$/, '').split('.');
  const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
  return [`${repository}:${tag}`, ...names, ...wildcards];
}

function decide(requirements: readonly object[], signers: readonly string[]): boolean {
  return requirements.every((requirement) => {
    const { type, keyPath } = requirement as { type: string; keyPath?: string };
    return (
      type === 'insecureAcceptAnything' ||
      (type === 'sigstoreSigned' && signers.some((signer) => keyPath === `/keys/${signer}.pub`))
    );
  });
}

describe('a containers policy that skopeo refuses', { skip: missing('skopeo') }, () => {
  const cases: readonly (readonly [what: string, policy: unknown])[] = [
    ['text that is no JSON', '{'],
    ['no default', { transports: {} }],
    ['an empty default', { default: [] }],
    ['an unknown member', { default: [REJECT], transport: {} }],
    ['an unknown type', { default: [{ type: 'accept' }] }],
    ['a requirement without a type', { default: [{}] }],
    ['an unknown member of a requirement', { default: [{ type: 'reject', why: 'x' }] }],
    ['two keys', { default: [signedBy('a', { keyData: 'AA==' })] }],
    ['no key', { default: [{ type: 'sigstoreSigned' }] }],
    ['an unknown identity', { default: [signedBy('a', { signedIdentity: { type: 'matchAny' } })] }],
    ['an empty scope', { default: [REJECT], transports: { docker: { 'r.example': [] } } }],
    ['a duplicate member', '{"default":[{"type":"reject"}],"default":[{"type":"insecureAcceptAnything"}]}'],
  ];
  for (const [what, policy] of cases) {
    it(`cannot be imported: ${what}`, async () => {
      assert.match(skopeoSays(policy), /invalid policy/);
      await assert.rejects(importPolicy(policy), (error: unknown) => {
        assert.ok(isAppError(error), String(error));
        return true;
      });
    });
  }

  it('is another than those that are imported', async () => {
    for (const policy of [
      { default: [REJECT] },
      { default: [ANYTHING] },
      {
        default: [REJECT],
        transports: { docker: { '*.r.example': [signedBy('a', { signedIdentity: { type: 'matchRepository' } })] } },
      },
    ]) {
      assert.doesNotMatch(skopeoSays(policy), /invalid policy/i);
      await load(await importPolicy(policy));
    }
  });

  it('is not that of Debian', {
    skip: existsSync('/etc/containers/policy.json') ? false : 'no such file',
  }, async () => {
    const imported = await importPolicy(readFileSync('/etc/containers/policy.json', 'utf8'));
    assert.deepEqual(imported.document.rules, []);
    assert.deepEqual(
      imported.notCarriedOver.map(({ what }) => what),
      ['insecureAcceptAnything'],
    );
  });
});

/** What skopeo has to say of a copy under that policy, of a folder that is no image. */
function skopeoSays(policy: unknown): string {
  const file = join(folder, 'policy.json');
  writeFileSync(file, typeof policy === 'string' ? policy : JSON.stringify(policy));
  const { stderr } = spawnSync('skopeo', ['--policy', file, 'copy', `dir:${folder}`, `dir:${folder}/out`], {
    encoding: 'utf8',
  });
  return stderr;
}
