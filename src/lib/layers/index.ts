/** Layers: streams of tar, what analysers find in them, and the one file system they add up to. */
export { type Compression, detectCompression, MAGIC_BYTES } from './compression.ts';
export { type DecompressOptions, decompress, openTar } from './decompress.ts';
export { type LayersCode, LayersError } from './error.ts';
export type { LiveFact } from './image/live.ts';
export { type ImageFacts, type ImageFactsOptions, type ImageProgress, readImageFacts } from './image/read-image.ts';
export { type ReadLayerOptions, readLayer } from './read-layer.ts';
export type { Origin } from './squash/node.ts';
export { squash } from './squash/squash.ts';
export type { LayerProblem, Resolution, Resolved, SquashedView, ViewEntry, ViewFile } from './squash/view.ts';
export type { TarEntry, TarSink } from './tar/entry.ts';
export { BLOCK, checksumProblem, FLAG, isZeroBlock, parseHeader, type TarHeader } from './tar/header.ts';
export { decodeName } from './tar/name.ts';
export { TarParser } from './tar/parser.ts';
export { type PaxRecords, parsePax } from './tar/pax.ts';
