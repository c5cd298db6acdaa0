import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { digestOf } from '#base/digest.ts';
import { type ArtifactFile, pushArtifact } from '#lib/oci/index.ts';
import { evidence } from '#test/evidence.ts';
import { attachOptions } from '#test/fixtures/artifacts.ts';
import { idIn, type Machine, machine } from '#test/fixtures/moved-advisories.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { importAdvisories } from './import.ts';
import { ARTIFACT_TYPE, annotationsOf, LAYER_TYPE } from './manifest.ts';

evidence('advisories/artifacts', 'self-made', 'artifacts whose layers are not what their manifests say');

const P = 'dev.plimsoll.advisories.';

interface Lie {
  readonly type?: string;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string | null>>;
  /** What is sent in place of the shard, and whether the digest of the manifest is of that. */
  readonly content?: (shard: Buffer) => Buffer;
  readonly packed?: (shard: Buffer) => Buffer;
  readonly honestDigest?: true;
  readonly twice?: true;
}

/** What a machine makes of an artifact with one shard, a part of which is a lie. */
async function told(
  context: TestContext,
  lie: Lie,
): Promise<{ readonly to: Machine; readonly run: () => Promise<unknown> }> {
  const [from, to] = [machine(context, null), machine(context, null)];
  await from.build('npm', 'N-1', '2026-02-01');
  await to.build('npm', 'N-0', '2026-01-01');
  const reader = from.open('npm');
  assert.ok(reader !== null);
  reader.close();
  const shard = readFileSync(from.path('npm'));
  const content = lie.content?.(shard) ?? shard;
  const packed = lie.packed?.(content) ?? zstdCompressSync(content);
  const honest = lie.honestDigest === true ? content : shard;
  const annotations = new Map(annotationsOf(reader.info, digestOf(honest), honest.length));
  for (const [name, value] of Object.entries(lie.annotations ?? {})) {
    if (value === null) {
      annotations.delete(P + name);
    } else {
      annotations.set(P + name, value);
    }
  }
  const layer: ArtifactFile = {
    mediaType: lie.mediaType ?? LAYER_TYPE,
    digest: digestOf(packed),
    size: packed.length,
    annotations,
    read: () => Promise.resolve(packed),
  };
  const reference = `oci:${temporaryFolder(context)}/told`;
  const layers = lie.twice === true ? [layer, layer] : [layer];
  const artifact = { artifactType: lie.type ?? ARTIFACT_TYPE, annotations: new Map<string, string>(), layers };
  await pushArtifact(artifact, reference, attachOptions(context), () => Promise.resolve());
  return { to, run: () => importAdvisories(reference, [], { ...to.importing, unverified: 'a test' }) };
}

describe('an artifact of advisories is refused', () => {
  const half = (shard: Buffer): Buffer => shard.subarray(0, shard.length / 2);
  const cases: readonly (readonly [what: string, lie: Lie, code: string, message: RegExp])[] = [
    [
      'of another type',
      { type: 'application/vnd.example' },
      'ADVISORY_ARTIFACT_INVALID',
      /the artifact type .*vnd\.example/,
    ],
    [
      'whose layers are of another type',
      { mediaType: 'text/plain' },
      'ADVISORY_ARTIFACT_INVALID',
      /the media type .*"text\/plain"/,
    ],
    ['with a layer for a shard twice', { twice: true }, 'ADVISORY_ARTIFACT_INVALID', /"osv npm" again/],
    [
      'with a path for a name',
      { annotations: { shard: '../../x' } },
      'ADVISORY_ARTIFACT_INVALID',
      /\.shard: .*found "\.\.\/\.\.\/x"/,
    ],
    [
      'with a path for a provider',
      { annotations: { provider: '../x' } },
      'ADVISORY_ARTIFACT_INVALID',
      /\.provider: .*found "\.\.\/x"/,
    ],
    ['without a name', { annotations: { shard: null } }, 'ADVISORY_ARTIFACT_INVALID', /\.shard: .*found nothing/],
    ['of another format', { annotations: { format: '1' } }, 'ADVISORY_ARTIFACT_INVALID', /found format 1/],
    [
      'from the future',
      { annotations: { checked: '9007199254740' } },
      'ADVISORY_ARTIFACT_INVALID',
      /ahead of the clock/,
    ],
    [
      'with a count that is none',
      { annotations: { count: '-1' } },
      'ADVISORY_ARTIFACT_INVALID',
      /\.count: .*a whole number, found "-1"/,
    ],
    [
      'with a number that is not exact',
      { annotations: { newest: '9007199254740993' } },
      'ADVISORY_ARTIFACT_INVALID',
      /\.newest/,
    ],
    ['that would fill the disk', { annotations: { bytes: '99999999999' } }, 'LIMIT_EXCEEDED', /bytes of a shard/],
    ['with more in it than it says', { annotations: { bytes: '4096' } }, 'LIMIT_EXCEEDED', /layer sha256/],
    [
      'that is a bomb',
      { content: (shard) => Buffer.concat([shard, Buffer.alloc(50_000_000)]) },
      'LIMIT_EXCEEDED',
      /layer sha256/,
    ],
    [
      'with less in it than it says',
      { content: half },
      'ADVISORY_ARTIFACT_INVALID',
      /as the manifest says, found \d+ bytes/,
    ],
    [
      'with another shard in it than it says',
      { content: (shard) => Buffer.from(shard).fill(0x41, 5000, 5001) },
      'ADVISORY_ARTIFACT_INVALID',
      /as the manifest says/,
    ],
    ['with half a shard', { content: half, honestDigest: true }, 'SHARD_DAMAGED', /sealed/],
    [
      'with a shard that was changed after it was sealed',
      { content: (shard) => Buffer.from(shard).fill(0x41, 5000, 5001), honestDigest: true },
      'SHARD_DAMAGED',
      /sealed/,
    ],
    ['with what is no shard', { content: () => Buffer.from('hello'), honestDigest: true }, 'SHARD_REFUSED', /SQLite/],
    [
      'with a layer that is not compressed by zstd',
      { packed: () => Buffer.from('BZh9 hello') },
      'COMPRESSION_UNSUPPORTED',
      /bzip2/,
    ],
    [
      'with a layer that is cut off',
      { packed: (shard) => zstdCompressSync(shard).subarray(0, 400) },
      'LAYER_CORRUPT',
      /layer/,
    ],
    [
      'whose shard is of another ecosystem',
      { annotations: { shard: 'PyPI' } },
      'SHARD_REFUSED',
      /expected ecosystem "PyPI", as its artifact says, found "npm"/,
    ],
    [
      'that says it is newer than its shard is',
      { annotations: { newest: '1771500000000' } },
      'SHARD_REFUSED',
      /expected newest/,
    ],
    [
      'that says it is another revision',
      { annotations: { revision: digestOf('x') } },
      'SHARD_REFUSED',
      /expected revision/,
    ],
    [
      'that says it is of another source',
      { annotations: { source: 'https://osv.dev' } },
      'SHARD_REFUSED',
      /expected source/,
    ],
  ];
  for (const [what, lie, code, message] of cases) {
    it(what, async (context) => {
      const { to, run } = await told(context, lie);
      await assert.rejects(run, { code, message });
      assert.equal(idIn(to, 'npm'), 'N-0', 'what is here stays');
    });
  }

  it('and taken when nothing of it is a lie', async (context) => {
    const { to, run } = await told(context, {});
    await run();
    assert.equal(idIn(to, 'npm'), 'N-1');
  });
});
