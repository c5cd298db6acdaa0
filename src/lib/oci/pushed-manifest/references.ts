import type { ManifestReference } from '#model/platform/records.ts';

/** What BuildKit gives attestation manifests as platform: they are no platform of the image. */
const NO_PLATFORM = 'unknown/unknown';

/** Each kind and digest once, in the order of their first. What is held by one of them is held, and a real platform counts more than none. */
export function mergeReferences(references: readonly ManifestReference[]): readonly ManifestReference[] {
  const merged = new Map<string, ManifestReference>();
  for (const reference of references) {
    const key = `${reference.kind} ${reference.digest}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? reference : mergeTwo(before, reference));
  }
  return [...merged.values()];
}

function mergeTwo(a: ManifestReference, b: ManifestReference): ManifestReference {
  const platform = a.platform === NO_PLATFORM ? b.platform : a.platform;
  return { ...a, isHeld: a.isHeld || b.isHeld, platform };
}
