import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isAppError } from '#base/error.ts';
import { refreshTrustRoot } from '#lib/trust/trust-root/refresh.ts';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { cosignAttestation, testKey, testSubject } from '../fixtures/signing.ts';
import { type TufRepositoryOptions, tufKey, tufRepository } from '../fixtures/tuf-repository.ts';
import { assertAccepted, assertRefused, IMAGE, judge, keySigner } from './attack.ts';
import { temporary } from './run.ts';

evidence(
  'trust/bypass-19',
  'real tool',
  'TUF repositories that @tufjs/models signs, with old metadata, other keys and names that lead elsewhere',
);
evidence('trust/bypass-19', 'self-made', 'attestations that a package was published, about other things');

const NAME = 'trusted_root.json';
const MEDIA_TYPE = 'application/vnd.dev.sigstore.trustedroot.v0.2+json';
const target = (text: string): Buffer => Buffer.from(JSON.stringify({ mediaType: MEDIA_TYPE, [text]: [] }));
const OLD = target('tlogs');
const NEW = target('ctlogs');
const key = tufKey();
const other = tufKey();
const repository = (options: Partial<TufRepositoryOptions> = {}): Map<string, Buffer> =>
  tufRepository(key, { targets: { [NAME]: OLD }, ...options });
const ROOT = repository().get('1.root.json') ?? Buffer.alloc(0);

interface Served {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly target?: string;
  readonly folder?: string;
}

/** What comes of it: the bytes, or the error. */
async function refresh(
  context: TestContext,
  { files, target: name = NAME, folder = join(temporary(context), 'tuf') }: Served,
) {
  const asked: string[] = [];
  const outcome = await refreshTrustRoot({
    metadataUrl: 'https://tuf.example/metadata',
    targetBaseUrl: 'https://tuf.example/targets',
    rootJson: ROOT,
    folder,
    target: name,
    fetchBytes: async (url) => {
      asked.push(url);
      return await Promise.resolve(files.get(url.slice(url.lastIndexOf('/') + 1)) ?? null);
    },
    signal: AbortSignal.timeout(60_000),
  }).then(
    ({ bytes }) => ({ bytes: Buffer.from(bytes), code: null, message: '' }),
    (error: unknown) =>
      isAppError(error) ? { bytes: null, code: error.code, message: error.message } : assert.fail(String(error)),
  );
  return { ...outcome, asked, folder };
}

describe('TUF: names that lead elsewhere (CVE-2026-24137, CVE-2026-24686)', () => {
  it('the target itself is taken', async (context) => {
    assert.deepEqual((await refresh(context, { files: repository() })).bytes, OLD);
  });

  for (const name of [
    '../root.json',
    '../../evil',
    '/etc/passwd',
    'a/../../b',
    'a/b',
    '..',
    '.',
    '',
    '%2e%2e%2fx',
    'a\\..\\b',
    'a\0b',
    'x'.repeat(300),
  ]) {
    it(`refused: a target called ${JSON.stringify(name.slice(0, 20))}`, async (context) => {
      const home = temporary(context);
      const files = repository({ targets: { [name]: OLD } });
      const { code, message, asked } = await refresh(context, { files, target: name, folder: join(home, 'tuf') });
      assert.equal(code, 'TRUST_ROOT_REFRESH_FAILED');
      assert.match(message, /plain file name/);
      assert.deepEqual(asked, []);
      assert.ok(!existsSync(join(home, 'evil')));
    });
  }

  it('a repository that lists such names beside the target writes nothing outside', async (context) => {
    const home = temporary(context);
    const files = repository({ targets: { [NAME]: OLD, '../evil': NEW, '../../evil': NEW } });
    const { bytes } = await refresh(context, { files, folder: join(home, 'tuf') });
    assert.deepEqual(bytes, OLD);
    assert.deepEqual(readdirSync(home), ['tuf']);
    assert.deepEqual(readdirSync(join(home, 'tuf')).toSorted(), [
      'root.json',
      'snapshot.json',
      'targets.json',
      'timestamp.json',
    ]);
  });
});

describe('TUF: metadata that is old, of others, or not as it says (CVE-2022-29173)', () => {
  it('refused: everything older than what was seen', async (context) => {
    const folder = join(temporary(context), 'tuf');
    const newer = repository({ targets: { [NAME]: NEW }, version: 3 });
    assert.deepEqual((await refresh(context, { files: newer, folder })).bytes, NEW);
    const back = await refresh(context, { files: repository({ version: 2 }), folder });
    assert.equal(back.code, 'TRUST_ROOT_REFRESH_FAILED');
    assert.match(back.message, /version/i);
    assert.deepEqual((await refresh(context, { files: newer, folder })).bytes, NEW);
  });

  const attacks: readonly (readonly [name: string, files: () => Map<string, Buffer>, fault: RegExp])[] = [
    ['another key for the timestamp', () => repository({ signWith: { timestamp: other } }), /./],
    ['another key for the snapshot', () => repository({ signWith: { snapshot: other } }), /./],
    ['another key for the targets', () => repository({ signWith: { targets: other } }), /./],
    ['a repository of somebody else', () => tufRepository(other, { targets: { [NAME]: NEW } }), /./],
    ['a timestamp that has expired', () => repository({ expires: { timestamp: '2020-01-01T00:00:00Z' } }), /expired/],
    ['a snapshot that has expired', () => repository({ expires: { snapshot: '2020-01-01T00:00:00Z' } }), /expired/],
    ['targets that have expired', () => repository({ expires: { targets: '2020-01-01T00:00:00Z' } }), /expired/],
    ['another hash of the target', () => repository({ hashes: { sha256: 'a'.repeat(64) } }), /./],
    ['another length of the target', () => repository({ length: 1 }), /./],
    [
      'no target',
      () => repository({ targets: { 'other.json': OLD } }),
      /expected a target "trusted_root\.json", found none/,
    ],
    ['a hash that is broken alone', () => repository({ hashes: { md5: 'a'.repeat(32) } }), /./],
    ['a target that is no trust root', () => repository({ targets: { [NAME]: Buffer.from('{}') } }), /mediaType/],
    ['nothing at all', () => new Map(), /./],
    [
      'a timestamp with a version twice',
      () => changed('timestamp.json', (text) => text.replace('"version":', '"version":9,"version":')),
      /every member name once/,
    ],
    ['threshold 0 of a key that signs nothing', () => withThreshold(), /threshold must be at least 1/],
  ];
  for (const [name, files, fault] of attacks) {
    it(`refused: ${name}`, async (context) => {
      const { bytes, code, message, folder } = await refresh(context, { files: files() });
      assert.equal(bytes, null);
      assert.ok(code !== null && message !== '');
      assert.match(message, fault);
      assert.ok(!existsSync(join(folder, 'targets.json')), 'nothing of it is kept');
    });
  }

  it('refused: a newer root that the old one did not sign (CVE-2026-23992)', async (context) => {
    const files = repository({ targets: { [NAME]: NEW } });
    const evil = tufRepository(other, { targets: { [NAME]: NEW }, rootVersion: 2 });
    files.set('2.root.json', evil.get('2.root.json') ?? Buffer.alloc(0));
    assert.equal((await refresh(context, { files })).code, 'TRUST_ROOT_REFRESH_FAILED');
  });
});

function changed(name: string, change: (text: string) => string): Map<string, Buffer> {
  const files = repository();
  files.set(name, Buffer.from(change(files.get(name)?.toString() ?? '')));
  return files;
}

/** A root of version 2 that asks for no signatures, signed as it should be. */
function withThreshold(): Map<string, Buffer> {
  const files = repository({ signWith: { timestamp: other, snapshot: other, targets: other } });
  const { signed } = JSON.parse(ROOT.toString()) as {
    signed: Record<string, unknown> & { roles: Record<string, object> };
  };
  const roles = Object.fromEntries(
    Object.entries(signed.roles).map(([name, role]) => [name, { ...role, threshold: name === 'root' ? 1 : 0 }]),
  );
  const text = { signatures: [] as object[], signed: { ...signed, version: 2, roles } };
  const bytes = canonical(text.signed);
  text.signatures.push({ keyid: key.id, sig: sign(null, bytes, key.privateKey).toString('hex') });
  files.set('2.root.json', Buffer.from(JSON.stringify(text)));
  return files;
}

/** Canonical JSON as TUF signs it; names and texts in here need no escaping. */
function canonical(value: unknown): Buffer {
  const write = (part: unknown): string => {
    if (Array.isArray(part)) {
      return `[${part.map(write).join(',')}]`;
    }
    if (typeof part === 'object' && part !== null) {
      const members = Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(',')}}`;
    }
    return JSON.stringify(part);
  };
  return Buffer.from(write(value));
}

describe('attestations of another package (GHSA-r2xv-vpr2-42m9)', () => {
  const release = testKey();
  const PUBLISH = 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1';
  const said = (about: typeof IMAGE, predicateType = PUBLISH): Attachment =>
    cosignAttestation(IMAGE, release, {
      predicateType,
      predicate: { name: 'app', version: '1.0.0', registry: 'https://registry.example' },
      about,
    });
  const require = [{ attestation: { predicateType: PUBLISH, signers: ['release'] } }];
  const signers = { release: keySigner(release) };

  it('refused: about another subject, or of another type', async () => {
    assertAccepted(await judge({ attachments: [said(IMAGE)], require, signers }));
    assertRefused(await judge({ attachments: [said(testSubject('other'))], require, signers }), /^SUBJECT_MISMATCH /);
    assertRefused(await judge({ attachments: [said(IMAGE, `${PUBLISH}.1`)], require, signers }), /: 0 of 1 found/);
  });
});
