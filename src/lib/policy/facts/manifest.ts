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

/** Parts that were digested, by themselves: those that many images share are written out once. */
export type DigestedParts = WeakMap<object, { readonly text: string; readonly digest: Digest }>;

/** Throws `JSON_NOT_CANONICAL` for facts that JSON cannot hold. */
export function digestFacts(facts: Facts, known: DigestedParts = new WeakMap()): DigestedFacts {
  const texts = new Map<Digest, string>();
  const keep = (value: object): Digest => {
    const { text, digest } = known.get(value) ?? digested(value);
    known.set(value, { text, digest });
    texts.set(digest, text);
    return digest;
  };
  const parts = Object.fromEntries(FACT_PARTS.map((part) => [part, keep(facts[part])])) as FactsManifest['parts'];
  const manifest: FactsManifest = { schemaVersion: '1.0', parts };
  return { manifest, digest: keep(manifest), texts };
}

function digested(value: object): { readonly text: string; readonly digest: Digest } {
  const text = canonicalJson(value);
  return { text, digest: digestOf(text) };
}
