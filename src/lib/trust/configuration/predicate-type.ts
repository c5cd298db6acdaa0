import { predicateReaders } from '../attestations/predicates/list.ts';
import type { PredicateKind } from '../attestations/predicates/predicate.ts';
import type { PredicateSelector } from './configuration.ts';

/**
 * `https://slsa.dev/provenance/v1`: that type alone. `spdx`: the types of the reader of that id. `provenance`: the types
 * of all readers of that kind. Null for a name that no reader has.
 */
export function predicateSelector(text: string): (PredicateSelector & { readonly kind: PredicateKind | null }) | null {
  if (text.includes(':')) {
    const reader = predicateReaders.find((candidate) => candidate.reads(text));
    return { text, kind: reader?.capabilities.kind ?? null, matches: (type) => type === text };
  }
  const readers = predicateReaders.filter(({ id, capabilities }) => id === text || capabilities.kind === text);
  const [first] = readers;
  return first === undefined
    ? null
    : { text, kind: first.capabilities.kind, matches: (type) => readers.some((reader) => reader.reads(type)) };
}
