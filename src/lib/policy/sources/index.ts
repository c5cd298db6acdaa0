/** Where images may be taken from: which source takes a reference, and which repository of ours stands for what. Pure. */
export { sourceFor, type UpstreamImage, upstreamOf } from './source-for.ts';
export { acceptsTag } from './tag-rules.ts';
