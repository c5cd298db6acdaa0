import { nearest } from '#base/nearest.ts';
import type { ManifestPointer } from '#model/platform/records.ts';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import type { AcquireRules, Source } from '#model/policy.ts';
import { parsePattern, usualSpelling } from '#model/repository-pattern.ts';
import { acceptsTag, describeTagRules } from './tag-rules.ts';

/** An image elsewhere. */
export interface UpstreamImage {
  /** `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  /** `library/alpine`. */
  readonly path: string;
  readonly pointer: ManifestPointer;
}

/** A source with what it says of taking images. */
export interface AcquiringSource {
  readonly source: Source;
  readonly acquire: AcquireRules;
}

/** A source that takes an image, and where to. */
export interface Taken extends AcquiringSource {
  readonly kind: 'taken';
  readonly registry: string;
  readonly path: string;
  /** The name of the repository of ours. */
  readonly repository: string;
}

/** No source takes it. */
export interface NotTaken {
  readonly kind: 'not-taken';
  /** A sentence part for whoever asked. */
  readonly reason: string;
  /** The name of the source that comes nearest; null when none is near. */
  readonly source: string | null;
}

/**
 * The first source by name that takes an image, or what the nearest one says. Digests are taken of every repository that a source names: what is
 * asked for by its digest is what was meant.
 */
export function sourceFor(sources: readonly Source[], image: UpstreamImage): Taken | NotTaken {
  const spelling = usualSpelling(`${image.registry}/${image.path}`);
  const all = acquiring(sources);
  if (spelling === null) {
    return { kind: 'not-taken', reason: 'that is no name of a repository', source: null };
  }
  const registry = spelling.slice(0, spelling.indexOf('/'));
  const path = spelling.slice(registry.length + 1);
  const ofRegistry = all.filter(({ acquire }) => acquire.registry === registry);
  const ofRepository = ofRegistry.filter(({ acquire }) => isOfRepository(acquire, path));
  const found = ofRepository.find(({ acquire }) => takesPointer(acquire, image.pointer));
  if (found !== undefined) {
    const repository = `${found.acquire.into}/${path}`;
    return isRepositoryName(repository)
      ? { kind: 'taken', ...found, registry, path, repository }
      : { kind: 'not-taken', reason: `${repository} would be no name of a repository`, source: found.source.name };
  }
  return ofRepository[0] === undefined
    ? unknownRepository(all, ofRegistry, registry, path)
    : tagNotTaken(ofRepository[0], path);
}

/**
 * What a repository of ours stands for: the first source by name that takes such an image into it. Null when no source speaks of the repository.
 */
export function upstreamOf(
  sources: readonly Source[],
  repository: string,
  pointer: ManifestPointer,
): Taken | NotTaken | null {
  const speaking = acquiring(sources).flatMap((one) => {
    const path = pathIn(one.acquire, repository);
    return path === null ? [] : [{ ...one, path }];
  });
  const found = speaking.find(({ acquire }) => takesPointer(acquire, pointer));
  if (found !== undefined) {
    return { kind: 'taken', ...found, registry: found.acquire.registry, repository };
  }
  return speaking[0] === undefined ? null : tagNotTaken(speaking[0], speaking[0].path);
}

/** Sources that a server takes images from, by name. */
export function acquiring(sources: readonly Source[]): readonly AcquiringSource[] {
  return sources
    .flatMap((source) => (source.acquire === null ? [] : [{ source, acquire: source.acquire }]))
    .toSorted((a, b) => (a.source.name < b.source.name ? -1 : 1));
}

/** The path at the source's registry of a repository of ours; null for one that it does not speak of. */
function pathIn(acquire: AcquireRules, repository: string): string | null {
  const start = `${acquire.into}/`;
  const path = repository.startsWith(start) ? repository.slice(start.length) : '';
  const isUsual = path !== '' && usualSpelling(`${acquire.registry}/${path}`) === `${acquire.registry}/${path}`;
  return isUsual && isOfRepository(acquire, path) ? path : null;
}

function isOfRepository({ registry, repositories }: AcquireRules, path: string): boolean {
  return repositories.some((text) => {
    const pattern = parsePattern(`${registry}/${text}`);
    return typeof pattern !== 'string' && pattern.matches(`${registry}/${path}`);
  });
}

function takesPointer({ tags }: AcquireRules, pointer: ManifestPointer): boolean {
  return 'digest' in pointer || acceptsTag(tags, pointer.tag);
}

function unknownRepository(
  all: readonly AcquiringSource[],
  ofRegistry: readonly AcquiringSource[],
  registry: string,
  path: string,
): NotTaken {
  const [near] = ofRegistry;
  if (near !== undefined) {
    const takes = ofRegistry.map(({ source, acquire }) => `${source.name} takes ${acquire.repositories.join(', ')}`);
    const reason = `no source takes ${registry}/${path}: ${few(takes, '; ')}`;
    return { kind: 'not-taken', reason, source: near.source.name };
  }
  const registries = [...new Set(all.map(({ acquire }) => acquire.registry))];
  const meant = nearest(registry, registries);
  const hint =
    meant !== null ? `; did you mean ${meant}?` : registries.length === 0 ? '' : `, only of ${few(registries, ', ')}`;
  return {
    kind: 'not-taken',
    reason: `no source takes images of ${registry}${hint}`,
    source: all.find(({ acquire }) => acquire.registry === meant)?.source.name ?? null,
  };
}

function tagNotTaken({ source, acquire }: AcquiringSource, path: string): NotTaken {
  const reason = `the source ${source.name} takes of ${acquire.registry}/${path}: ${describeTagRules(acquire.tags)}`;
  return { kind: 'not-taken', reason, source: source.name };
}

const FEW = 5;

function few(texts: readonly string[], separator: string): string {
  const more = texts.length - FEW;
  return `${texts.slice(0, FEW).join(separator)}${more > 0 ? `${separator}and ${more} more` : ''}`;
}
