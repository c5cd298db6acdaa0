import type { Analyser } from '#model/analyser.ts';
import type { Image } from '#model/image.ts';
import type { FileDigests } from './image/file-digests.ts';
import type { ImageFacts, ImageFactsOptions } from './image/read-image.ts';
import type { ReadLayerOptions } from './read-layer.ts';
import type { LoadAnalysers } from './threads/serve.ts';

/** Layers: streams of tar, what analysers find in them, and the one file system they add up to. */
export { detectCompression, MAGIC_BYTES } from './compression.ts';
export { decompress } from './decompress.ts';
export type { FileDigests } from './image/file-digests.ts';
export type { LiveFact } from './image/live.ts';
export type { ImageFacts, ImageProgress, LayerReading } from './image/read-image.ts';
export type { LinkPool } from './isolation/isolated-reader.ts';
export type { AnalysisProcess, ProcessLink } from './isolation/link.ts';
export type { StopCause } from './isolation/stop-cause.ts';
export { type LayerReader, readLayer } from './read-layer.ts';
export type { TarEntry } from './tar/entry.ts';
export { BLOCK, checksumProblem, FLAG, isZeroBlock, parseHeader, type TarHeader } from './tar/header.ts';
export { decodeName } from './tar/name.ts';
export { TarParser } from './tar/parser.ts';
export { type PaxRecords, parsePax } from './tar/pax.ts';

/** Reading layers in processes that are not believed: loaded when somebody isolates. */
export const loadIsolation = async () => await import('./isolation/index.ts');

/** See `readImageFacts` of images: loaded when there are layers to read, since what is known already does not pay for it. */
export async function readImageFacts(
  image: Image,
  analysers: readonly Analyser[] | Promise<readonly Analyser[]>,
  options: ImageFactsOptions,
): Promise<ImageFacts> {
  const { readImageFacts: read } = await import('./image/read-image.ts');
  return await read(image, analysers, options);
}

/** See `serveLayers` of threads: loaded in threads alone. */
export async function serveLayers(load: LoadAnalysers): Promise<void> {
  const { serveLayers: serve } = await import('./threads/serve.ts');
  serve(load);
}

/** See `readFileDigests` of images: loaded when somebody asks for the digests of files. */
export async function readFileDigests(image: Image, options: ReadLayerOptions): Promise<FileDigests> {
  const { readFileDigests: read } = await import('./image/file-digests.ts');
  return await read(image, options);
}
