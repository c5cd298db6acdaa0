import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import type { ArtifactFile, FileArtifact } from '#lib/oci/index.ts';
import { parseDocuments, policySet } from '#lib/policy/index.ts';
import type { PolicySet } from '#model/policy.ts';
import { evidence } from '#test/evidence.ts';
import { type KeyFiles, keyFiles, machine, NOW } from '#test/fixtures/moved-advisories.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { pushSigned } from '../signed-artifact/push.ts';
import { isBundleReference, type PolicyBundle } from './bundle.ts';
import { exportBundle } from './export.ts';
import { annotationsOfBundle, annotationsOfDocument, BUNDLE_TYPE, DOCUMENT_TYPE } from './manifest.ts';
import { readBundle } from './read.ts';

evidence('policy/bundles', 'self-made', 'bundles whose documents are not what their signed manifests say');

const P = 'dev.plimsoll.policies.';
const HOUR = 3_600_000;

const POLICY = `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: users }
validations:
  - { name: not-root, expression: "image.user != ''", message: runs as root }
`;
const OTHERS = `${POLICY}---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: production }
policies: [{ policy: users }]
---
apiVersion: plimsoll.dev/v1
kind: Source
metadata: { name: ours }
repositories: [registry.example/**]
`;

const setOf = (text = OTHERS): PolicySet => policySet(parseDocuments(text, 'policies.yaml'));

/** Somebody with a key who exports, and a reader of one data folder who trusts that key. */
function pair(context: TestContext): {
  readonly reference: string;
  readonly keys: KeyFiles;
  readonly put: (set: PolicySet, now?: number, keys?: KeyFiles | null) => Promise<string>;
  readonly read: (reference?: string, trusting?: KeyFiles | null) => Promise<PolicyBundle>;
} {
  const keys = keyFiles(context);
  const reference = `oci:${temporaryFolder(context)}/bundle`;
  const reader = machine(context, keys, NOW + 12 * HOUR);
  return {
    reference,
    keys,
    put: async (set, now = NOW, by = keys) =>
      (await exportBundle(set, reference, machine(context, by, now).exporting)).digest,
    read: async (text = reference, trusting = keys) => {
      const { trust } = machine(context, trusting).importing;
      return await readBundle(text, { ...reader.importing, trust });
    },
  };
}

describe('a bundle of policies', () => {
  it('gives the documents that were packed, under the same revision', async (context) => {
    const { put, read, reference } = pair(context);
    const set = setOf();
    const digest = await put(set);
    const bundle = await read();
    assert.deepEqual(
      [bundle.reference, bundle.digest, bundle.packed],
      [reference, digest, new Date(NOW).toISOString()],
    );
    assert.equal(bundle.set.revision, set.revision);
    assert.deepEqual(
      [bundle.set.policies, bundle.set.environments, bundle.set.sources].map((all) => all.map((one) => one.canonical)),
      [set.policies, set.environments, set.sources].map((all) => all.map((one) => one.canonical)),
    );
    assert.equal(bundle.set.policies[0]?.file, `${reference} Policy/users`);
  });

  it('is not believed when nobody has signed it, somebody else has, or nobody is trusted', async (context) => {
    const { put, read, reference } = pair(context);
    await put(setOf(), NOW, null);
    await assert.rejects(read(), { code: 'POLICY_BUNDLE_UNVERIFIED', message: /not signed by whom it has to be/ });
    await put(setOf(), NOW, keyFiles(context));
    await assert.rejects(read(), { code: 'POLICY_BUNDLE_UNVERIFIED', message: /not signed by whom/ });
    await put(setOf());
    await assert.rejects(read(reference, null), { code: 'POLICY_BUNDLE_UNVERIFIED', message: /whose policies/ });
    await read();
  });

  it('that is older than what was used from there is told, unless its digest is named', async (context) => {
    const { put, read, reference } = pair(context);
    const old = await put(setOf(POLICY), NOW);
    const recent = await put(setOf(), NOW + HOUR);
    assert.equal((await read()).digest, recent);
    await put(setOf(POLICY), NOW);
    await assert.rejects(read(), {
      code: 'POLICY_BUNDLE_OLDER',
      message: new RegExp(`policies went back: expected ${recent}, packed .*T01:00:00.000Z.* found ${old}, packed`),
    });
    assert.equal((await read(`${reference}@${old}`)).digest, old);
    await put(setOf(POLICY), NOW + 2 * HOUR);
    assert.equal((await read()).set.policies.length, 1);
  });

  it('without documents is none', async (context) => {
    await assert.rejects(pair(context).put({ ...setOf(), policies: [], environments: [], sources: [] }), {
      code: 'POLICY_BUNDLE_EMPTY',
    });
  });
});

interface Lie {
  readonly type?: string;
  readonly mediaType?: string;
  readonly text?: string;
  readonly bundle?: Readonly<Record<string, string>>;
  readonly document?: Readonly<Record<string, string>>;
  /** How often the layer is there. */
  readonly times?: number;
}

/** Signed by whoever is trusted, and a lie all the same. */
function lying({ type, mediaType, text, bundle, document, times = 1 }: Lie): FileArtifact {
  const set = setOf(POLICY);
  const [policy] = set.policies;
  assert.ok(policy !== undefined);
  const bytes = Buffer.from(text ?? policy.canonical);
  const layer: ArtifactFile = {
    mediaType: mediaType ?? DOCUMENT_TYPE,
    digest: digestOf(bytes),
    size: bytes.length,
    annotations: new Map([...annotationsOfDocument(policy), ...prefixed(document)]),
    read: () => Promise.resolve(bytes),
  };
  return {
    artifactType: type ?? BUNDLE_TYPE,
    annotations: new Map([...annotationsOfBundle(set.revision, NOW), ...prefixed(bundle)]),
    layers: Array.from({ length: times }, () => layer),
  };
}

const prefixed = (values: Readonly<Record<string, string>> = {}): readonly (readonly [string, string])[] =>
  Object.entries(values).map(([name, value]) => [`${P}${name}`, value]);

describe('a bundle is refused', () => {
  const canonical = setOf(POLICY).policies[0]?.canonical ?? '';
  const cases: readonly (readonly [what: string, lie: Lie, code: string, message: RegExp])[] = [
    ['of another type', { type: 'application/vnd.example' }, 'POLICY_BUNDLE_INVALID', /the artifact type/],
    ['with a layer of another type', { mediaType: 'text/plain' }, 'POLICY_BUNDLE_INVALID', /the media type/],
    ['with a document twice', { times: 2 }, 'POLICY_BUNDLE_INVALID', /every document once, found "Policy users" again/],
    [
      'with too many documents',
      { times: LIMITS.policyBundleDocuments + 1 },
      'LIMIT_EXCEEDED',
      /at most 1000 documents, found 1001/,
    ],
    ['with a document too large', { text: ' '.repeat(LIMITS.policyFileBytes + 1) }, 'LIMIT_EXCEEDED', /of a document/],
    ['from the future', { bundle: { packed: '9007199254740' } }, 'POLICY_BUNDLE_INVALID', /ahead of the clock/],
    ['packed at no time', { bundle: { packed: 'now' } }, 'POLICY_BUNDLE_INVALID', /a whole number, found "now"/],
    ['of another revision', { bundle: { revision: digestOf('x') } }, 'POLICY_BUNDLE_INVALID', /documents of revision/],
    ['that says whom to trust', { document: { kind: 'Trust' } }, 'POLICY_BUNDLE_INVALID', /one of Policy, .*"Trust"/],
    [
      'with a name of another',
      { document: { name: 'other' } },
      'POLICY_BUNDLE_INVALID',
      /"Policy other", found "Policy users"/,
    ],
    ['with a kind of another', { document: { kind: 'Source' } }, 'POLICY_BUNDLE_INVALID', /found "Policy users"/],
    ['with another form of a document', { text: POLICY }, 'POLICY_BUNDLE_INVALID', /canonical JSON/],
    ['with two documents in a layer', { text: OTHERS }, 'POLICY_BUNDLE_INVALID', /one document, found 3/],
    ['with what is no document', { text: '{"kind":"Policy"}' }, 'POLICY_DOCUMENT_INVALID', /Policy\/users/],
    ['with bytes that are no text', { text: `${canonical}\u0000` }, 'POLICY_DOCUMENT_INVALID', /Policy\/users/],
  ];
  for (const [what, lie, code, message] of cases) {
    it(what, async (context) => {
      const { read, reference, keys } = pair(context);
      await pushSigned(lying(lie), reference, machine(context, keys).exporting);
      await assert.rejects(read(), { code, message });
    });
  }

  it('when a document of it is cut off or exchanged', async (context) => {
    const { put, read, reference } = pair(context);
    const set = setOf();
    await put(set);
    const path = join(reference.slice('oci:'.length), 'blobs/sha256', hexOf(set.policies[0]?.digest ?? digestOf('')));
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -1));
    await assert.rejects(read(), { code: 'BLOB_SIZE_MISMATCH' });
    writeFileSync(path, Buffer.from(bytes).fill('x', 40, 41));
    await assert.rejects(read(), { code: 'BLOB_DIGEST_MISMATCH' });
    writeFileSync(path, bytes);
    await read();
  });

  it('and nothing of it is remembered', async (context) => {
    const keys = keyFiles(context);
    const reader = machine(context, keys);
    const reference = `oci:${temporaryFolder(context)}/bundle`;
    await pushSigned(lying({ text: OTHERS }), reference, machine(context, keys).exporting);
    await assert.rejects(readBundle(reference, reader.importing));
    assert.deepEqual(
      readdirSync(reader.home, { recursive: true }).filter((name) => String(name).includes('bundles')),
      [],
    );
  });

  it('and read when nothing of it is a lie', async (context) => {
    const { read, reference, keys } = pair(context);
    await pushSigned(lying({}), reference, machine(context, keys).exporting);
    assert.equal((await read()).set.policies.length, 1);
  });
});

it('what names a bundle, and what a folder', () => {
  for (const text of [
    'oci:x',
    'oci-archive:x.tar',
    'registry.example/p:1',
    'localhost/p',
    'localhost:5000/p',
    '[::1]:5/p',
  ]) {
    assert.ok(isBundleReference(text), text);
  }
  for (const text of [
    'policies',
    '/etc/policies',
    './registry.example/p',
    '../a.b/c',
    '.hidden/p',
    'team/policies',
    '',
  ]) {
    assert.ok(!isBundleReference(text), text);
  }
});
