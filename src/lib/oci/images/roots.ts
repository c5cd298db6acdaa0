import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { Image, ImageSourceKind } from '#model/image.ts';
import type { Platform } from '#model/platform.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { normalizePlatform, platformKey } from '../platform.ts';
import { type Choice, choosePlatform } from './choose.ts';
import type { ContentSource } from './content-source.ts';
import { Integrity } from './integrity.ts';
import { openManifest } from './manifest-image.ts';
import type { OpenOptions } from './options.ts';
import { assertOneImage, narrowToDigest } from './select.ts';
import { type Candidate, collectTree } from './tree.ts';

/** What the user asked for: the reference as written, and the digest in it, if any. */
export interface Wanted {
  readonly text: string;
  readonly source: ImageSourceKind;
  /** Of an index or manifest at or below the roots. */
  readonly digest: Digest | null;
}

/** What reference and options ask for, of all that could have been asked for. */
export interface Chosen {
  readonly choices: readonly Choice<Candidate>[];
  /** Of `choices`, best first: one, or for `platform: 'all'` each manifest once. */
  readonly chosen: readonly Candidate[];
}

/**
 * The images that the outermost entries of a source lead to, as reference and options ask: the platform chosen, indexes
 * read through, manifests and configs verified. Several roots are several images, unless the reference says which.
 */
export async function openRoots(
  source: ContentSource,
  roots: readonly Descriptor[],
  wanted: Wanted,
  options: OpenOptions,
): Promise<readonly Image[]> {
  const integrity = new Integrity(options.integrity);
  const { choices, chosen } = await chooseImages(source, roots, wanted.digest, options, integrity);
  const images: Image[] = [];
  for (const candidate of chosen) {
    const image = await openManifest(source, candidate.descriptor, integrity.fork(), options.signal, options.log);
    const index = indexOf(candidate, choices, wanted.digest);
    images.push({ reference: wanted.text, source: wanted.source, index, ...image });
  }
  return images;
}

/** Which images those are, without opening them. Indexes are read and verified. */
export async function chooseImages(
  source: ContentSource,
  roots: readonly Descriptor[],
  digest: Digest | null,
  options: OpenOptions,
  integrity: Integrity,
): Promise<Chosen> {
  const tree = narrowToDigest(await collectTree(source, roots, integrity, options.signal), digest, source);
  const choices = await withPlatforms(source, tree.candidates, options);
  const absent = tree.absent.map((descriptor) => descriptor.platform);
  const fitting = choosePlatform(choices, options, source.object, absent);
  assertOneImage(choices, fitting, options, source.object);
  const wanted = options.platform === 'all' ? fitting : fitting.slice(0, 1);
  // One manifest may stand for several platforms; it is one image all the same.
  const chosen = new Map<Digest, Candidate>();
  for (const { value } of wanted) {
    if (!chosen.has(value.descriptor.digest)) {
      chosen.set(value.descriptor.digest, value);
    }
  }
  return { choices, chosen: [...chosen.values()] };
}

/** The candidates with their platforms, each pair once; the config is asked where the index says nothing, and artifacts leave. */
async function withPlatforms(
  source: ContentSource,
  candidates: readonly Candidate[],
  options: OpenOptions,
): Promise<readonly Choice<Candidate>[]> {
  const choices = new Map<string, Choice<Candidate>>();
  let refusal: unknown = null;
  for (const value of candidates) {
    const key = `${value.descriptor.digest} ${platformKey(value.platform)}`;
    if (choices.has(key)) {
      continue;
    }
    try {
      const platform = value.platform ?? (await platformOf(source, value, options));
      choices.set(key, { value, platform });
    } catch (error) {
      if (!isAppError(error) || error.code !== 'NOT_AN_IMAGE') {
        throw error;
      }
      refusal = error;
    }
  }
  if (choices.size === 0) {
    throw refusal;
  }
  return [...choices.values()];
}

async function platformOf(source: ContentSource, candidate: Candidate, options: OpenOptions): Promise<Platform | null> {
  // A throw-away integrity: what is wrong with this image is said when it is opened, if it is chosen.
  const image = await openManifest(source, candidate.descriptor, new Integrity(options.integrity), options.signal);
  return image.platform;
}

/** The outermost index that the choice was made in: the selected one, or index.json itself when that lists several. */
function indexOf(candidate: Candidate, choices: readonly Choice<Candidate>[], selected: Digest | null): Image['index'] {
  const chain = selected === null ? candidate.chain : candidate.chain.slice(candidate.chain.indexOf(selected));
  const outermost = chain.length > 1 ? (chain[0] ?? null) : null;
  const offered = choices.filter(({ value }) => outermost === null || value.chain.includes(outermost));
  if (outermost === null && (offered.length < 2 || selected !== null)) {
    return null;
  }
  const platforms = new Map<string, Platform>();
  for (const { platform } of offered) {
    if (platform !== null) {
      platforms.set(platformKey(platform), normalizePlatform(platform));
    }
  }
  return { digest: outermost, platforms: [...platforms.values()] };
}
