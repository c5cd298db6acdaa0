/** Layers: streams of tar, what analysers find in them, and the one tree they add up to. */
export { type Compression, detectCompression, MAGIC_BYTES } from './compression.ts';
export { type DecompressOptions, decompress, openTar } from './decompress.ts';
export { LayersError, type LayersCode } from './error.ts';
export { type ReadLayerOptions, readLayer } from './read-layer.ts';
export { BLOCK, checksumProblem, FLAG, isZeroBlock, parseHeader, type TarHeader } from './tar/header.ts';
export { decodeName } from './tar/name.ts';
export { type PaxRecords, parsePax } from './tar/pax.ts';
