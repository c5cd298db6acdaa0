import type { Digest } from '#base/digest.ts';
import { digestOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { FACT_PARTS, type Facts, type FactsManifest } from '#model/facts.ts';

/** Facts with the digests under which their parts are stored. */
export interface DigestedFacts {
  readonly manifest: FactsManifest;
  /** Of the canonical JSON of the manifest. */
  readonly digest: Digest;
  /** Canonical JSON by its digest: every part, and the manifest itself. */
  readonly texts: ReadonlyMap<Digest, string>;
}

/** Throws `JSON_NOT_CANONICAL` for facts that JSON cannot hold. */
export function digestFacts(facts: Facts): DigestedFacts {
  const texts = new Map<Digest, string>();
  const keep = (value: unknown): Digest => {
    const text = canonicalJson(value);
    const digest = digestOf(text);
    texts.set(digest, text);
    return digest;
  };
  const parts = Object.fromEntries(FACT_PARTS.map((part) => [part, keep(facts[part])])) as FactsManifest['parts'];
  const manifest: FactsManifest = { schemaVersion: '1.0', parts };
  return { manifest, digest: keep(manifest), texts };
}
