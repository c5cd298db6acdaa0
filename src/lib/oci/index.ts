export { detectReference } from './detect.ts';
export { type OciCode, OciError } from './error.ts';
export type { IntegrityMode } from './images/integrity.ts';
export type { OpenedImages, OpenOptions } from './images/options.ts';
export { openImages } from './open.ts';
export { parsePlatform } from './platform.ts';
export { formatReference, type ImageReference, parseReference } from './reference.ts';
