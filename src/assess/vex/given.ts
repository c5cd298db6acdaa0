import { digestOf } from '#base/digest.ts';
import { type GivenVex, readVex } from '#lib/vex/index.ts';
import type { NamedBytes } from '../signing.ts';

/** A VEX document that the user gives. Throws what reading it throws. */
export async function givenFile({ name, bytes }: NamedBytes): Promise<GivenVex> {
  return { document: await readVex(bytes, name), from: { kind: 'file', name, digest: digestOf(bytes) } };
}
