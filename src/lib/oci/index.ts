/** Images: what a reference means, and the images behind it, opened and verified; and what is attached to them. */
export { attach } from './attach/attach.ts';
export { detectReference } from './detect.ts';
export { openEvidence } from './evidence/open-evidence.ts';
export type { EvidenceSource } from './evidence/source.ts';
export type { OpenOptions, SourceAccess } from './images/options.ts';
export { openImages } from './open.ts';
export { parsePlatform } from './platform.ts';
export { readDocument } from './read-document.ts';
export type { SbomReference } from './reference.ts';
