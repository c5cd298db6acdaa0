import { Readable } from 'node:stream';
import { packInventory } from '#assess/stored/kept-inventory.ts';
import type { Clock } from '#base/clock.ts';
import { type Digest, digestOf } from '#base/digest.ts';
import { type BlobStore, EMPTY_UPLOAD, type StoredBlob } from '#model/platform/blob-store.ts';
import type { ImageSummary } from '#model/platform/judgement.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { ManifestReference, Records, Repository } from '#model/platform/records.ts';
import type { Lifecycle } from '#model/platform/state.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';
import { randomOf } from '#test/fixtures/random.ts';
import type { RealImage } from './real-images.ts';
import { type VariedImage, variedImage } from './vary.ts';

export interface SeedOptions {
  readonly store: MetadataStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly images: readonly RealImage[];
  readonly count: number;
  /** The environment that they were judged in. */
  readonly environment: string;
  readonly progress: (done: number) => void;
}

const ACTOR = 'bench';
/** Images of one transaction. */
const BATCH = 200;
const DAY = 24 * 60 * 60 * 1000;
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

/** Writes images as they are after they were pushed, analysed, judged and decided about, through the ports that the server writes with. */
export async function seedCatalog(options: SeedOptions): Promise<void> {
  const { store, images, count, progress } = options;
  const stored = await storeBlobs(options);
  for (let from = 0; from < count; from += BATCH) {
    const batch: Packed[] = [];
    for (let number = from; number < Math.min(count, from + BATCH); number += 1) {
      const image = variedImage(images, number);
      const content = await packInventory(image.whole);
      if (content === null) {
        throw new Error(`image ${number} cannot be packed`);
      }
      batch.push({ image, content });
    }
    await store.transaction(async (records) => {
      for (const one of batch) {
        await writeImage(records, one, stored, options);
      }
    });
    progress(from + batch.length);
  }
  await store.transaction(async (records) => {
    for (let cluster = 0; cluster < CLUSTERS; cluster += 1) {
      await records.catalog.setUses(`cluster-${cluster}`, await used(records, options, cluster), options.clock.now());
    }
  });
}

interface Packed {
  readonly image: VariedImage;
  readonly content: Uint8Array;
}

/** Of two hundred images one runs somewhere. */
const CLUSTERS = 4;
const USED = 800;

async function used(
  records: Records,
  { images, count, environment }: SeedOptions,
  cluster: number,
): Promise<readonly { readonly repositoryId: string; readonly digest: Digest; readonly environment: string }[]> {
  const uses = [];
  for (let number = cluster * 200; number < count; number += USED) {
    const image = variedImage(images, number);
    const repository = await records.repositories.find(image.repository);
    if (repository !== null) {
      uses.push({ repositoryId: repository.id, digest: digestOf(manifestOf(image)), environment });
    }
  }
  return uses;
}

/** Configs are the real ones; layers are not read any more, and are not there. */
async function storeBlobs({ blobs, images }: SeedOptions): Promise<ReadonlyMap<string, StoredBlob>> {
  const stored = new Map<string, StoredBlob>();
  const signal = new AbortController().signal;
  for (const { config } of images) {
    const digest = digestOf(config);
    if (!stored.has(config)) {
      const bytes = Buffer.from(config);
      const one = { algorithm: 'sha256', maxBytes: bytes.length, signal } as const;
      const upload = await blobs.append(EMPTY_UPLOAD, Readable.from([bytes]), one);
      stored.set(config, await blobs.commit(upload, digest, signal));
      await blobs.discard(upload);
    }
  }
  return stored;
}

function manifestOf({ real, number }: VariedImage): string {
  const config = { mediaType: MEDIA_TYPES.config, digest: digestOf(real.config), size: Buffer.byteLength(real.config) };
  const annotations = { 'org.opencontainers.image.version': String(number) };
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config,
    layers: real.layers,
    annotations,
  });
}

async function writeImage(
  records: Records,
  { image, content }: Packed,
  stored: ReadonlyMap<string, StoredBlob>,
  { clock, environment }: SeedOptions,
): Promise<void> {
  const now = clock.now();
  const { real, number, layerSet, packages, whole } = image;
  const text = manifestOf(image);
  const digest = digestOf(text);
  const repository = await records.repositories.ensure(image.repository, now);
  const config = stored.get(real.config);
  if (config === undefined) {
    throw new Error('expected the blob of a config');
  }
  await records.blobs.link(repository, config, ACTOR, now);
  const layers = real.layers as readonly { readonly digest: Digest }[];
  const references: readonly ManifestReference[] = [
    { kind: 'config', digest: config.digest, isHeld: true, platform: null },
    ...[...new Set(layers.map((layer) => layer.digest))].map(
      (layer): ManifestReference => ({ kind: 'layer', digest: layer, isHeld: false, platform: null }),
    ),
  ];
  const manifest = {
    digest,
    mediaType: MEDIA_TYPES.manifest,
    content: Buffer.from(text),
    artifactType: null,
    subject: null,
    governor: digest,
    size: Buffer.byteLength(text),
    annotations: {},
    pushedBy: ACTOR,
    pushedAt: now,
    references,
  };
  const pushed = { lifecycle: 'quarantined', reason: 'it was pushed', since: now, by: ACTOR } as const;
  await records.manifests.insert(repository, manifest, pushed);
  await records.tags.set(repository, image.tag, digest, ACTOR, now);
  const { unknowns } = whole.inventory;
  await records.inventories.write({ layerSet, packages, unknowns, analysedAt: now, content });
  await records.inventories.assign(repository, digest, { layerSet, unknowns: [], analysedAt: now });
  await records.catalog.summarise(repository, digest, summaryOf(image, now));
  await decide(records, repository, { digest, number, environment, now });
}

function summaryOf({ number, real }: VariedImage, now: number): ImageSummary {
  const random = randomOf(number + 7);
  const counts = { critical: 0, high: 0, medium: 0, low: 0, none: 0, unknown: 0 };
  for (const severity of SEVERITIES) {
    counts[severity] = random.percent(50) ? 0 : random.integer(severity === 'critical' ? 3 : 20);
  }
  const createdAt = now - random.integer(700) * DAY;
  return {
    platform: 'linux/amd64',
    createdAt,
    base: real.name.replace(/-[0-9]+$/, ''),
    counts,
    score: random.integer(100),
  };
}

async function decide(
  records: Records,
  repository: Repository,
  {
    digest,
    number,
    environment,
    now,
  }: { readonly digest: Digest; readonly number: number; readonly environment: string; readonly now: number },
): Promise<void> {
  const random = randomOf(number + 13);
  const isApproved = random.percent(65);
  const lifecycle: Lifecycle = !isApproved ? 'quarantined' : random.percent(10) ? 'deprecated' : 'approved';
  const verdict = digestOf(`verdict ${number}`);
  const reason = isApproved ? '' : 'fixable-vulnerabilities/repaired: CVE-2025-0001 is repaired';
  const outcome = isApproved ? 'admitted' : 'refused';
  await records.judgements.set(repository, {
    repositoryId: repository.id,
    digest,
    environment,
    outcome,
    reason,
    verdict,
    validUntil: null,
    judgedAt: now,
  });
  await records.manifests.setApproval(repository, digest, {
    environment,
    decision: isApproved ? 'approved' : 'refused',
    reason: reason || 'policy admits it',
    verdict,
    validUntil: null,
    decidedAt: now,
    decidedBy: ACTOR,
  });
  if (lifecycle !== 'quarantined') {
    await records.manifests.setState(repository.id, digest, 'quarantined', {
      lifecycle,
      reason: 'policy admits it',
      since: now,
      by: ACTOR,
    });
  }
}
