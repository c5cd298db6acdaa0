import { sign } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { assessEvidence } from '#assess/index.ts';
import { parseDigest } from '#base/digest.ts';
import { silentLog } from '#base/log.ts';
import type { SourceAccess } from '#lib/oci/index.ts';
import type { EvidenceReport } from '#model/evidence.ts';
import { type Contents, type Described, described, IMAGE, type Served, served } from '../fixtures/evidence-registry.ts';
import { MEDIA_TYPES } from '../fixtures/oci-layout.ts';
import { SUBJECTS, signedLayout } from '../fixtures/signed/index.ts';
import type { TestKey } from '../fixtures/signing.ts';
import { sourceAccess } from '../fixtures/source-access.ts';
import { keySigner, NOW, signedBy } from './attack.ts';

export interface RunOptions {
  readonly trust: object;
  /** Kept between runs where it is given: with its cache. */
  readonly home?: string;
  readonly now?: number;
  readonly access?: SourceAccess;
  readonly kind?: EvidenceReport['kind'];
}

export function temporary(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bypass-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `plimsoll verify` with a configuration of the test's, a fixed clock and a home of its own. */
export async function verify(context: TestContext, reference: string, options: RunOptions): Promise<EvidenceReport> {
  const folder = temporary(context);
  const path = join(folder, 'trust.yaml');
  writeFileSync(path, JSON.stringify(options.trust));
  const clock = { now: () => options.now ?? NOW };
  return await assessEvidence(reference, {
    kind: options.kind ?? 'verification',
    tool: { name: 'plimsoll', version: '0.0.0' },
    host: { os: 'linux', architecture: 'amd64' },
    platform: 'all',
    home: options.home ?? join(folder, 'home'),
    cacheBytes: 1 << 24,
    access: options.access ?? sourceAccess({ clock }),
    offline: false,
    trust: { kind: 'file', path },
    clock,
    signal: AbortSignal.timeout(60_000),
    log: silentLog,
  });
}

/** A configuration that wants one signature of this key on every image. */
export function trustIn(key: TestKey, repositories: readonly string[] = ['**', 'local'], more: object = {}): object {
  return {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Trust',
    metadata: { name: 'attacked' },
    signers: { release: keySigner(key) },
    rules: [{ name: 'rule', repositories, platforms: 'either', require: [signedBy('release')] }],
    ...more,
  };
}

/** Cosign's signature of a manifest: the blob, and the manifest that its tag names. */
export function signatureOf(image: Described, key: TestKey): { readonly blob: Served; readonly manifest: Served } {
  const blob = served(
    'application/vnd.dev.cosign.simplesigning.v1+json',
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': '' },
        image: { 'docker-manifest-digest': image.digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
  const signature = sign('sha256', blob.bytes, key.privateKey).toString('base64');
  const config = served(MEDIA_TYPES.config, {});
  const manifest = served(MEDIA_TYPES.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: described(config),
    layers: [{ ...described(blob), annotations: { 'dev.cosignproject.cosign/signature': signature } }],
  });
  return { blob, manifest };
}

/** The tag of cosign's signatures. */
export function signatureTag({ digest }: Described = IMAGE): string {
  return `${digest.replace(':', '-')}.sig`;
}

/** Everything that a report gives as a reason, in one text. */
export function textOf(report: EvidenceReport): string {
  return [
    ...(report.verification?.reasons ?? []),
    ...report.problems.map(({ code, reason }) => `${code} ${reason}`),
    ...report.evidence.flatMap(({ rejected }) => rejected.map(({ code, reason }) => `${code} ${reason}`)),
  ].join('\n');
}

/** All that lies in a layout which cosign signed with a key, by digest and by the tag of its signatures. */
export function contentsOf(id: string): Contents {
  const folder = signedLayout(id);
  const { manifests } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    manifests: readonly Described[];
  };
  const types = new Map(manifests.map(({ digest, mediaType }) => [digest, mediaType]));
  const content = readdirSync(join(folder, 'blobs/sha256')).map((name) => {
    const digest = parseDigest(`sha256:${name}`);
    return served(types.get(digest) ?? 'application/octet-stream', readFileSync(join(folder, 'blobs/sha256', name)));
  });
  const signature = manifests.find((entry) => JSON.stringify(entry).includes('.sig"'));
  const manifest = content.find(({ digest }) => digest === signature?.digest);
  return { content, tags: manifest === undefined ? {} : { [`${SUBJECTS.amd64.replace(':', '-')}.sig`]: manifest } };
}
