import type { AppliedVex, GivenVex, VexTarget } from './apply.ts';
import type { VexDocument } from './document.ts';
import type { VexSource } from './formats/format.ts';

export type { GivenVex } from './apply.ts';
export type { VexDocument } from './document.ts';
export { VexError } from './error.ts';
export type * from './formats/csaf/document.ts';
export { openvex } from './formats/openvex/index.ts';
export { repositoryPurl } from './products/image.ts';

/** See `readVex` of readers: loaded when there is a document to read, the schemas of its format above all. */
export async function readVex(bytes: Uint8Array, name: string): Promise<VexDocument> {
  const { readVex: read } = await import('./read.ts');
  return read(bytes, name);
}

/** See `readVexIn` of readers, likewise. */
export async function readVexIn(value: unknown, source: VexSource): Promise<VexDocument | null> {
  const { readVexIn: read } = await import('./read.ts');
  return read(value, source);
}

/** See `applyVex` of `apply.ts`, likewise: version schemes of all ecosystems. */
export async function applyVex(documents: readonly GivenVex[], target: VexTarget, now: number): Promise<AppliedVex> {
  const { applyVex: apply } = await import('./apply.ts');
  return apply(documents, target, now);
}

/** The reader of a publisher's own CSAF feed: loaded when one is read. */
export const loadCsaf = async () => await import('./formats/csaf/feed.ts');
