import type { Digest } from '#base/digest.ts';
import type { ImageFacts } from '#model/facts.ts';
import type { Report } from '#model/report.ts';

/** The last that ISO 8601 writes with four digits. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** A time that somebody wrote, in one form and to the millisecond; null for what is none, or is before 1970. */
export function instant(text: string | undefined | null): string | null {
  const time = Date.parse(text ?? '');
  return time >= 0 && time <= LAST_INSTANT ? new Date(time).toISOString() : null;
}

export function imageFacts({ image, os, content }: Report): ImageFacts {
  const { config, layers } = image;
  const sizes = layers.map(({ size }) => size);
  return {
    reference: image.reference,
    repository: image.repository ?? null,
    digest: image.digest,
    index: image.index ?? null,
    platform: image.platform,
    created: instant(config?.created),
    user: config?.user ?? '',
    entrypoint: config?.entrypoint ?? [],
    cmd: config?.cmd ?? [],
    env: config?.env ?? [],
    workingDir: config?.workingDir ?? '',
    labels: config?.labels ?? {},
    exposedPorts: config?.exposedPorts ?? [],
    size: sizes.length === 0 ? null : sumOf(sizes),
    layers: content === 'declared' ? [] : knownLayers(layers),
    content,
    distribution: os === null ? null : { id: os.id, version: os.versionId ?? '', codename: os.versionCodename ?? '' },
  };
}

/**
 * Up to the first that is not known: with it left out, those above would be taken for the base. What a document says of layers nobody has seen.
 */
function knownLayers(layers: Report['image']['layers']): readonly Digest[] {
  const diffIds = layers.map(({ diffId }) => diffId);
  const known = diffIds.indexOf(null);
  return diffIds.slice(0, known === -1 ? diffIds.length : known).filter((diffId) => diffId !== null);
}

/** Null as soon as one is not known. */
function sumOf(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
}
