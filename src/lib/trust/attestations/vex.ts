import { parseStrictJson } from '#base/json/strict.ts';
import { TrustError } from '../error.ts';
import { openvex } from './predicates/openvex/index.ts';
import type { VexPredicate } from './predicates/predicate.ts';

/** An OpenVEX document that lies in a file. Throws `PREDICATE_INVALID`, and what `parseStrictJson` throws. */
export function parseVex({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): VexPredicate {
  const vex = openvex.read(parseStrictJson(bytes, name), 'https://openvex.dev/ns', name);
  if (vex.kind !== 'vex') {
    throw new TrustError('PREDICATE_INVALID', 'not an OpenVEX document', { object: name, found: vex.kind });
  }
  return vex;
}
