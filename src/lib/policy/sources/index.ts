/** Where images may be taken from: which source takes a reference, and which repository of ours stands for what. Pure. */
export { sourceConflicts } from './conflicts.ts';
export { type NotTaken, sourceFor, type Taken, type UpstreamImage, upstreamOf } from './source-for.ts';
export { acceptsTag, tagRuleFault } from './tag-rules.ts';
