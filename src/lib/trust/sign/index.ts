/** Signing: artifacts to hang on an image, built and verified before they are handed on. Pure but for the key and the witnesses. */
export { attestBundle, signBundle } from './bundle.ts';
export { attestLegacy, signLegacy } from './legacy.ts';
export { type CertificateChainFile, signNotation } from './notation.ts';
export type { SignOptions } from './options.ts';
export { PREDICATE_NAMES, predicateFromFile } from './predicate.ts';
export type { PredicateText } from './statement.ts';
export type { KeylessIdentity, Witnesses } from './witness.ts';
