/** Images: what a reference means, and the images behind it, opened and verified. */
export { detectReference } from './detect.ts';
export type { OpenOptions, SourceAccess } from './images/options.ts';
export { openImages } from './open.ts';
export { parsePlatform } from './platform.ts';
