import { isDigest } from '#base/digest.ts';
import type { BaseFacts } from '#model/facts.ts';
import type { Report } from '#model/report.ts';

/** OCI image-spec, annotations.md, pre-defined annotation keys: builders write them as labels, too. */
const NAME = 'org.opencontainers.image.base.name';
const DIGEST = 'org.opencontainers.image.base.digest';

/** By accepted provenance where it names one image that went into the build, else by the labels, which anybody can write. */
export function baseOf({ image, evidence }: Report): BaseFacts {
  const provenance = evidence.filter(({ trusted, states }) => trusted && (states?.images.length ?? 0) > 0);
  const images = new Map(
    provenance.flatMap(({ states }) => (states?.images ?? []).map((one) => [JSON.stringify(one), one] as const)),
  );
  const [only] = images.values();
  if (only !== undefined && images.size === 1) {
    return { ...only, claimedBy: 'provenance' };
  }
  const labels = image.config?.labels ?? {};
  const name = labelOf(labels, NAME);
  const digest = labelOf(labels, DIGEST);
  if (name === '' && !isDigest(digest)) {
    return { name: '', digest: null, claimedBy: null };
  }
  return { name, digest: isDigest(digest) ? digest : null, claimedBy: 'label' };
}

function labelOf(labels: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}
