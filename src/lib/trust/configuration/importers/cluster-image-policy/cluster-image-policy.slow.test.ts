import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { printYaml } from '#base/yaml.ts';
import { parsePattern, usualSpelling } from '#model/repository-pattern.ts';
import { evidence } from '#test/evidence.ts';
import { accepts, loadImported } from '../contract.ts';
import type { ImportedTrust } from '../importer.ts';
import { patternOfGlob } from './glob.ts';
import { clusterImagePolicy } from './index.ts';

evidence('trust/import-cluster-image-policy', 'published', "the cases of policy-controller's own test of globs");

const signed = resolve(import.meta.dirname, '../../../../../../test/fixtures/signed');
const PEM = readFileSync(join(signed, 'keys/p256.pub'), 'utf8');
const OTHER_PEM = readFileSync(join(signed, 'keys/p384.pub'), 'utf8');

async function importText(text: string): Promise<ImportedTrust> {
  return await clusterImagePolicy.read({ text, file: 'policy.yaml', listFolder: () => Promise.resolve(null) });
}

function load(imported: ImportedTrust) {
  return loadImported(imported, (path) =>
    path.endsWith('.trusted_root.json')
      ? readFile(join(signed, 'trusted-root.json'))
      : readFile(join(signed, path.endsWith('.pub') ? 'keys/p256.pub' : 'certificates/timestamp-authority-root.pem')),
  );
}

function policy(spec: object, name = 'p'): string {
  return printYaml({ apiVersion: 'policy.sigstore.dev/v1beta1', kind: 'ClusterImagePolicy', metadata: { name }, spec });
}

const KEY = { name: 'key', key: { data: PEM } };
const IMAGES = [{ glob: 'ghcr.io/org/**' }];
const CI = {
  issuer: 'https://token.actions.githubusercontent.com',
  subject: 'https://github.com/org/app/.github/workflows/ci.yml@refs/heads/main',
};

describe('a glob of a ClusterImagePolicy', () => {
  /** Of TestGlobMatch in policy-controller v0.13.1, pkg/apis/glob/glob_test.go (Apache-2.0): image, globs, matches. */
  const cases: readonly (readonly [image: string, globs: readonly string[], matches: boolean])[] = [
    [
      'docker.io/library/foo',
      [
        'index.docker.io/library/foo:latest',
        'index.docker.io/library/foo:*',
        'index.docker.io/library/*',
        'index.docker.io/library/*:latest',
        'index.docker.io/*/*',
        'index.docker.io/**',
        'index.docker.**',
        'inde**',
        '**',
        'foo',
        'foo*',
        'foo**',
        '*',
      ],
      true,
    ],
    [
      'docker.io/myuser/myapp',
      [
        'index.docker.io/myuser/myapp:latest',
        'index.docker.io/myuser/myapp:*',
        'index.docker.io/myuser/*',
        'index.docker.io/myuser/*:latest',
        'index.docker.io/*/*',
        'index.docker.io/**',
        'index.docker.**',
        'inde**',
        '**',
        'myuser/myapp',
        'myuser/myapp*',
        'myuser/myapp**',
        '*/*',
      ],
      true,
    ],
    ['ghcr.io/foo/bar', ['ghcr.io/*/*', 'ghcr.io/**'], true],
    ['ghcr.io/foo', ['ghcr.io/**', 'ghc**', '**', '*/**', 'ghcr.io/foo*', 'ghcr.io/foo**'], true],
    ['ghcr.io/foo', [`ghcr.io/foo@sha256:${'5'.repeat(64)}`], true],
    ['ghcr.io/foo', ['ghcr.io/*/*'], false],
    ['prefix-ghcr.io/foo', ['ghcr.io/foo'], false],
    ['ghcr.io/foo-suffix', ['ghcr.io/foo'], false],
    ['ghcrxio.example/foo', ['ghcr.io/**'], false],
  ];
  for (const [image, globs, expected] of cases) {
    for (const glob of globs) {
      it(`${glob} is said, or more than it is refused, for ${image}`, () => {
        const { pattern, problem } = patternOfGlob(glob);
        const parsed = parsePattern(pattern);
        assert.ok(typeof parsed !== 'string', pattern);
        const matches = parsed.matches(usualSpelling(image));
        if (problem === null || expected) {
          assert.equal(matches, expected, `${pattern} ${problem ?? ''}`);
        }
      });
    }
  }
});

describe('the importer of ClusterImagePolicies', () => {
  it('carries over keys, identities and logs; one signer is enough', async () => {
    const imported = await importText(
      policy({
        images: [...IMAGES, { glob: 'registry.example/app:**' }],
        authorities: [
          { ...KEY, ctlog: { url: 'https://rekor.sigstore.dev' } },
          { keyless: { url: 'https://fulcio.sigstore.dev', identities: [CI, { ...CI, subject: 'b' }] } },
          { key: { kms: 'awskms:///arn:aws:kms:us-east-2:1:key/1' } },
        ],
      }),
    );
    const { document } = imported;
    assert.deepEqual(document.rules, [
      {
        name: 'p',
        repositories: ['ghcr.io/org/**', 'registry.example/app'],
        platforms: 'index',
        require: [{ signature: { signers: ['p-key', 'p-authority-1', 'p-authority-1-2', 'p-authority-2'] } }],
      },
    ]);
    assert.deepEqual(document.roots, { 'public-good': { file: 'public-good.trusted_root.json' } });
    assert.deepEqual(document.signers?.['p-key'], { key: { pem: PEM, root: 'public-good', transparency: 'required' } });
    assert.deepEqual(document.signers?.['p-authority-2'], { key: { file: 'p-authority-2.pub', transparency: 'none' } });
    const configuration = await load(imported);
    assert.equal(
      accepts(configuration, 'ghcr.io/org/app', (name) => name === 'p-authority-1-2'),
      true,
    );
    assert.equal(
      accepts(configuration, 'ghcr.io/org-evil/app', () => true),
      false,
    );
  });

  it('needs a timestamp where the policy does', async () => {
    const imported = await importText(
      policy({ images: IMAGES, authorities: [{ ...KEY, rfc3161timestamp: { trustRootRef: 'keys' } }] }),
    );
    const signer = (await load(imported)).signers.get('p-key');
    assert.ok(signer?.kind === 'key');
    assert.equal(signer.validFrom, 0);
    assert.equal(signer.root?.root.transparencyLogs.length, 0);
    assert.equal(signer.root?.root.timestampAuthorities.length, 1);
  });

  it('asks for all statements of an authority', async () => {
    const attestations = [
      { name: 'sbom', predicateType: 'spdxjson' },
      { name: 'built', predicateType: 'https://slsa.dev/provenance/v1' },
    ];
    const { document } = await importText(policy({ images: IMAGES, authorities: [{ ...KEY, attestations }] }));
    assert.deepEqual(document.rules[0]?.require, [
      { attestation: { predicateType: 'https://spdx.dev/Document', signers: ['p-key'] } },
      { attestation: { predicateType: 'https://slsa.dev/provenance/v1', signers: ['p-key'] } },
    ]);
  });

  it('matches patterns from end to end, and says where that is another thing', async () => {
    const identities = [
      { issuer: 'i', subjectRegExp: 'org/app' },
      { issuer: 'i', subjectRegExp: '^https://github\\.com/org/.*$' },
    ];
    const imported = await importText(policy({ images: IMAGES, authorities: [{ keyless: { identities } }] }));
    assert.deepEqual(
      imported.notCarriedOver.filter(({ what }) => what.startsWith('subjectRegExp')).map(({ what }) => what),
      ['subjectRegExp "org/app"'],
    );
    assert.deepEqual(imported.document.signers?.['p-authority-0']?.keyless?.subject, { matches: 'org/app' });
  });

  const refused: readonly (readonly [what: string, spec: object])[] = [
    ['a policy in CUE', { images: IMAGES, authorities: [KEY], policy: { type: 'cue', data: 'x' } }],
    [
      'a policy in CUE beside a static pass',
      { images: IMAGES, authorities: [{ static: { action: 'pass' } }], policy: { type: 'cue', data: 'x' } },
    ],
    [
      'a policy in Rego for a statement',
      {
        images: IMAGES,
        authorities: [
          { ...KEY, attestations: [{ name: 'a', predicateType: 'custom', policy: { type: 'rego', data: 'x' } }] },
        ],
      },
    ],
    [
      'an unknown predicate type',
      { images: IMAGES, authorities: [{ ...KEY, attestations: [{ name: 'a', predicateType: 'mine' }] }] },
    ],
    ['a static fail', { images: IMAGES, authorities: [{ static: { action: 'fail', message: 'no' } }] }],
    ['a static pass', { images: IMAGES, authorities: [{ static: { action: 'pass' } }] }],
    ['a static pass beside a key', { images: IMAGES, authorities: [KEY, { static: { action: 'pass' } }] }],
    ['some resources only', { images: IMAGES, authorities: [KEY], match: [{ resource: 'pods', version: 'v1' }] }],
    ['no authorities', { images: IMAGES, authorities: [] }],
    [
      'any issuer',
      { images: IMAGES, authorities: [{ keyless: { identities: [{ issuerRegExp: '.*', subject: 'a' }] } }] },
    ],
    [
      'any subject',
      { images: IMAGES, authorities: [{ keyless: { identities: [{ issuer: 'i', subjectRegExp: '.+' }] } }] },
    ],
    [
      'another certificate authority',
      { images: IMAGES, authorities: [{ keyless: { identities: [CI], 'ca-cert': { data: 'x' } } }] },
    ],
    [
      'keyless timestamps',
      { images: IMAGES, authorities: [{ keyless: { identities: [CI] }, rfc3161timestamp: { trustRootRef: 'x' } }] },
    ],
    ['a part of a name', { images: [{ glob: 'ghcr.io/org/app*' }], authorities: [KEY] }],
    ['a tag', { images: [{ glob: 'ghcr.io/org/app:v1' }], authorities: [KEY] }],
    ['a name without a tag', { images: [{ glob: 'ghcr.io/org/app' }], authorities: [KEY] }],
  ];
  for (const [what, spec] of refused) {
    it(`accepts nothing for ${what}, and says why`, async () => {
      const imported = await importText(policy(spec));
      assert.ok(imported.notCarriedOver.length > 0);
      assert.equal(
        accepts(await load(imported), 'ghcr.io/org/app', () => true),
        false,
      );
    });
  }

  const invalid: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
    ['nothing', '', /at least one ClusterImagePolicy/],
    ['another kind', 'kind: Pod\n', /at least one ClusterImagePolicy/],
    ['a glob of other characters', policy({ images: [{ glob: '[' }], authorities: [KEY] }), /a glob of the characters/],
    ['an unknown mode', policy({ images: IMAGES, mode: 'garbage' }), /spec > mode/],
    ['an unknown field', policy({ images: IMAGES, authority: [KEY] }), /a key that there is, found "authority"/],
    [
      'two sources of a key',
      policy({ images: IMAGES, authorities: [{ key: { data: PEM, kms: 'x://y' } }] }),
      /exactly one of data, kms, secretRef/,
    ],
    [
      'no kind of authority',
      policy({ images: IMAGES, authorities: [{ rfc3161timestamp: {} }] }),
      /exactly one of key, keyless, static/,
    ],
    ['a key that is none', policy({ images: IMAGES, authorities: [{ key: { data: 'x' } }] }), /PEM/],
    [
      'no identities',
      policy({ images: IMAGES, authorities: [{ keyless: { identities: [] } }] }),
      /at least one identity/,
    ],
    [
      'no subject',
      policy({ images: IMAGES, authorities: [{ keyless: { identities: [{ issuer: 'i' }] } }] }),
      /exactly one of subject and subjectRegExp/,
    ],
    [
      'a pattern that is none',
      policy({ images: IMAGES, authorities: [{ keyless: { identities: [{ issuerRegExp: '****', subject: 'a' }] } }] }),
      /RE2 syntax/,
    ],
    [
      'an unknown hash',
      policy({ images: IMAGES, authorities: [{ key: { data: PEM, hashAlgorithm: 'sha1' } }] }),
      /hashAlgorithm/,
    ],
    [
      'a fault in the second document',
      `# first\n---\n${policy({ images: IMAGES, authorities: [KEY] })}---\nkind: ClusterImagePolicy\nspec: 1\n`,
      /policy\.yaml, line \d\d/,
    ],
  ];
  for (const [what, text, problem] of invalid) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(importText(text), (error: unknown) => {
        assert.ok(isAppError(error), String(error));
        assert.match(error.message, problem);
        return true;
      });
    });
  }

  it('never accepts what the policies refuse', async (t) => {
    const glob = fc.constantFrom(
      '**',
      '*',
      '*/*',
      'a.io/**',
      'a.io/x/*',
      'a.io/x/**',
      'a.io/x/y:**',
      'a.io/x/y:1',
      'a.io/x*',
      'a.io/*/y',
      'docker.io/**',
      'index.docker.io/library/*',
      '**y**',
    );
    const authority = fc.constantFrom<object>(
      KEY,
      { name: 'other', key: { data: OTHER_PEM } },
      { static: { action: 'pass' } },
      { static: { action: 'fail' } },
      { name: 'attested', key: { data: PEM }, attestations: [{ name: 'a', predicateType: 'vuln' }] },
    );
    const spec = fc.record({
      images: fc.array(fc.record({ glob }), { minLength: 1, maxLength: 2 }),
      authorities: fc.array(authority, { minLength: 1, maxLength: 3 }),
    });
    const image = fc.constantFrom(
      'a.io/x/y',
      'a.io/x/z',
      'a.io/xy/y',
      'a.io/x',
      'b.io/x/y',
      'index.docker.io/library/y',
      'index.docker.io/u/y',
    );
    const counts = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(spec, { minLength: 1, maxLength: 3 }),
        fc.array(image, { minLength: 3, maxLength: 3 }),
        fc.subarray([PEM, OTHER_PEM]),
        async (specs, images, keys) => {
          const imported = await importText(specs.map((one, index) => policy(one, `p${index}`)).join('---\n'));
          const configuration = await load(imported);
          const pemOf = (signer: string): string => imported.document.signers?.[signer]?.key?.pem ?? '';
          for (const name of images) {
            const here = accepts(configuration, name, (signer) => keys.includes(pemOf(signer)));
            for (const tag of ['1', '2']) {
              assert.ok(!here || admits(specs, `${name}:${tag}`, keys), `${name}:${tag}`);
            }
            counts[here ? 'accepted' : 'refused'] += 1;
          }
        },
      ),
      { numRuns: 200 },
    );
    t.diagnostic(`${counts.accepted} accepted, ${counts.refused} refused`);
    assert.ok(counts.accepted > 10 && counts.refused > 10, JSON.stringify(counts));
  });
});

/** What policy-controller says of an image by its full name, whose statements are made with the same keys as its signatures. */
function admits(
  specs: readonly { readonly images: readonly { readonly glob: string }[]; readonly authorities: readonly object[] }[],
  image: string,
  keys: readonly string[],
): boolean {
  const matching = specs.filter(({ images }) => images.some(({ glob }) => regExpOf(glob).test(image)));
  return (
    matching.length > 0 &&
    matching.every(({ authorities }) =>
      authorities.some((authority) => {
        const { key, static: fixed } = authority as { key?: { data: string }; static?: { action: string } };
        return fixed === undefined ? keys.includes(key?.data ?? '') : fixed.action === 'pass';
      }),
    )
  );
}

/** policy-controller, pkg/apis/glob/glob.go; `docker.io` taken for the name that it has there. */
function regExpOf(glob: string): RegExp {
  const full =
    glob === '*'
      ? 'index.docker.io/library/*'
      : glob === '*/*'
        ? 'index.docker.io/*/*'
        : glob.replace(/^docker\.io\//, 'index.docker.io/');
  const source = full.replaceAll('.', '\\.').replaceAll('**', '#').replaceAll('*', '[^/]*').replaceAll('#', '.*');
  return new RegExp(`^${source}$`);
}
