import type { Digest } from '#base/digest.ts';
import { isDigest } from '#base/digest.ts';
import { type AppError, isAppError, quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { Platform } from '#model/platform.ts';
import { OciError } from '../error.ts';
import { Room } from '../evidence/room.ts';
import { isTag } from '../registry-name.ts';
import { isNotFound } from '../transport/error.ts';
import { PlannedBlobs } from './blobs.ts';
import type { ClosureManifest, ClosurePlan, ClosureProblem } from './closure.ts';
import { type HangingOn, hangingOn } from './hanging.ts';
import { assertHangs, type Link, parseNode, type ReadNode, readNode } from './node.ts';
import { inOrder } from './order.ts';
import { problemOf } from './problem.ts';
import type { Upstream } from './upstream.ts';

/** How large a closure may be; each of `LIMITS` when not said. */
export interface ClosureLimits {
  readonly manifests: number;
  readonly bytes: number;
  readonly blobs: number;
  readonly depth: number;
}

export interface PlanOptions {
  readonly signal: AbortSignal;
  readonly limits?: Partial<ClosureLimits>;
}

/** Requests for manifests under way at once. */
const PARALLEL = 8;
/** Manifests that are asked about at once; each is five questions. */
const PARALLEL_QUESTIONS = 3;
/** Entries of all indexes and lists together, so that lists which name the same again and again come to an end. */
const MAX_LINKS = 65_536;

/**
 * Everything that belongs to an image: the manifest or index that `reference` names (a tag or a digest), what its indexes list,
 * what hangs on any of these by the referrers API, the fallback tag or cosign's tags, and what hangs on that. Each manifest
 * is read once and verified. What cannot be had is among the problems; only what was asked for itself is thrown:
 * `IMAGE_NOT_FOUND`, `REFERENCE_INVALID`, and what fetching and parsing throw.
 */
export async function planClosure(upstream: Upstream, reference: string, options: PlanOptions): Promise<ClosurePlan> {
  const root = await readRoot(upstream, reference, options.signal);
  const planner = new Planner(upstream, options);
  await planner.walk(root);
  return await planner.plan(root.digest, isDigest(reference) ? null : reference);
}

async function readRoot(upstream: Upstream, reference: string, signal: AbortSignal): Promise<Link> {
  if (!isDigest(reference) && !isTag(reference)) {
    throw new OciError('REFERENCE_INVALID', 'neither a tag nor a digest', {
      object: upstream.name,
      expected: 'a tag or a digest',
      found: quote(reference),
    });
  }
  try {
    const fetched = await upstream.manifest(reference, signal);
    const { digest, bytes, mediaType } = fetched;
    // Thrown here, where it is what was asked for.
    parseNode(digest, bytes, mediaType);
    const nobody = { platform: null, about: null, hangsOn: null, tag: null };
    return {
      route: 'root',
      digest,
      size: bytes.length,
      mediaType,
      fetched,
      isList: false,
      indexes: 0,
      hops: 0,
      ...nobody,
    };
  } catch (error) {
    if (!isNotFound(error)) {
      throw error;
    }
    throw new OciError('IMAGE_NOT_FOUND', 'no image of this name', {
      object: upstream.name,
      expected: reference,
      found: error.found ?? '404',
      cause: error,
    });
  }
}

/** A manifest that was read, and what leads to it. */
interface Node {
  readonly read: ReadNode;
  /** The first that is right; null while none is. */
  link: Link | null;
  /** Whether what is below it and what hangs on it was looked for: not for a mere list of referrers. */
  isWalked: boolean;
  readonly tags: Set<string>;
}

class Planner {
  readonly #upstream: Upstream;
  readonly #signal: AbortSignal;
  readonly #limits: ClosureLimits;
  readonly #room: Room;
  readonly #blobs: PlannedBlobs;
  readonly #nodes = new Map<Digest, Node>();
  readonly #failed = new Set<Digest>();
  readonly #problems: ClosureProblem[] = [];
  /** What does not hang where somebody says. */
  readonly #misplaced: { readonly link: Link; readonly error: unknown }[] = [];
  #links = 0;
  #isFull = false;

  constructor(upstream: Upstream, { signal, limits }: PlanOptions) {
    const { closureManifests: manifests, closureBytes: bytes, closureBlobs: blobs, closureDepth: depth } = LIMITS;
    this.#upstream = upstream;
    this.#signal = signal;
    this.#limits = { manifests, bytes, blobs, depth, ...limits };
    this.#room = new Room(this.#limits.bytes);
    this.#blobs = new PlannedBlobs(this.#limits.blobs);
  }

  /** In waves, so that what is found first does not depend on who answers first. */
  async walk(root: Link): Promise<void> {
    let links: readonly Link[] = [root];
    while (links.length > 0 && !this.#isFull) {
      const fresh = this.#admit(links);
      const read = await mapConcurrently(fresh, PARALLEL, (link, _, stop) => this.#read(link, stop), this.#signal);
      read.forEach((node) => node !== null && this.#nodes.set(node.digest, newNode(node)));
      const walked = links.flatMap((link) => this.#join(link));
      const hanging = await mapConcurrently(
        walked,
        PARALLEL_QUESTIONS,
        ({ read: { digest } }, _, stop) => this.#ask(digest, stop),
        this.#signal,
      );
      links = walked.flatMap((node, index) => this.#linksOf(node, hanging[index]));
    }
  }

  async plan(root: Digest, tag: string | null): Promise<ClosurePlan> {
    this.#tellMisplaced();
    const found = [...this.#nodes.values()].flatMap((node) =>
      node.link === null ? [] : [{ ...node, link: node.link }],
    );
    const manifests = found.map(({ read, link, tags, isWalked }) => ({
      isList: !isWalked,
      digest: read.digest,
      children: read.children.map(({ digest }) => digest),
      manifest: manifestOf(read, link, [...tags]),
    }));
    return {
      upstream: this.#upstream.name,
      root,
      tag,
      manifests: inOrder(manifests).map(({ manifest }) => manifest),
      blobs: await this.#blobs.list(this.#upstream, this.#signal),
      problems: this.#problems,
    };
  }

  /** A list may name what belongs to the image otherwise (Harbor lists cosign's signatures, which name no subject): nothing is lost by that. */
  #tellMisplaced(): void {
    for (const { link, error } of this.#misplaced) {
      const isListed = link.route === 'referrers' || link.route === 'fallback-tag';
      if (!isListed || (this.#nodes.get(link.digest)?.link ?? null) === null) {
        this.#problem(link, error);
      }
    }
  }

  /** The links to read: each digest once, as many as are allowed. */
  #admit(links: readonly Link[]): readonly Link[] {
    const fresh = new Map<Digest, Link>();
    for (const link of links) {
      const { digest } = link;
      if (this.#nodes.has(digest) || this.#failed.has(digest) || fresh.has(digest)) {
        continue;
      }
      if (this.#nodes.size + this.#failed.size + fresh.size >= this.#limits.manifests) {
        this.#full(link, limitExceeded(`what belongs to ${this.#upstream.name}`, this.#limits.manifests, 'manifests'));
        break;
      }
      // What a tag brought has its room already.
      if (link.fetched === null && link.size !== null && !this.#room.take(link.size)) {
        this.#full(link, limitExceeded(`what belongs to ${this.#upstream.name}`, this.#limits.bytes));
        break;
      }
      fresh.set(digest, link);
    }
    return [...fresh.values()];
  }

  async #read(link: Link, signal: AbortSignal): Promise<ReadNode | null> {
    if (this.#isFull) {
      return null;
    }
    try {
      const node = await readNode(this.#upstream, link, signal);
      const { length } = node.content;
      if (link.fetched === null && link.size === null && !this.#room.take(length)) {
        this.#full(link, limitExceeded(`what belongs to ${this.#upstream.name}`, this.#limits.bytes));
        return null;
      }
      return node;
    } catch (error) {
      signal.throwIfAborted();
      this.#failed.add(link.digest);
      this.#problem(link, error);
      return null;
    }
  }

  /** The node of a link, when the link is right and nobody has walked there. */
  #join(link: Link): readonly Node[] {
    const node = this.#nodes.get(link.digest);
    if (node === undefined) {
      return [];
    }
    const { read } = node;
    try {
      assertSize(read, link);
    } catch (error) {
      this.#problem(link, error);
      return [];
    }
    try {
      assertHangs(read, link);
    } catch (error) {
      this.#misplaced.push({ link, error });
      return [];
    }
    if (link.tag !== null) {
      node.tags.add(link.tag);
    }
    if (node.link === null) {
      node.link = link;
      this.#addBlobs(node.read, link);
    }
    if (link.isList || node.isWalked) {
      return [];
    }
    node.isWalked = true;
    // What was a list to somebody else is walked as what it is here.
    node.link = node.link.isList ? link : node.link;
    return [node];
  }

  #addBlobs({ blobs }: ReadNode, link: Link): void {
    for (const blob of blobs) {
      const error = this.#blobs.add(blob);
      if (error !== null) {
        this.#problem({ ...link, about: link.digest, digest: blob.digest, tag: null }, error);
      }
    }
  }

  async #ask(digest: Digest, signal: AbortSignal): Promise<HangingOn> {
    const { found, problems } = this.#isFull ? NOTHING : await hangingOn(this.#upstream, digest, signal);
    for (const { tagged, route } of found) {
      if (tagged !== null && !this.#room.take(tagged.fetched.bytes.length)) {
        const object = `what belongs to ${this.#upstream.name}`;
        this.#full({ route, digest: null, tag: tagged.tag, about: digest }, limitExceeded(object, this.#limits.bytes));
      }
    }
    return { found, problems };
  }

  /** What a node leads to: its children, and what hangs on it. */
  #linksOf({ read, link }: Node, hanging: HangingOn = NOTHING): readonly Link[] {
    if (link === null) {
      return [];
    }
    this.#problems.push(...hanging.problems);
    const { digest: about } = read;
    const below = { about, hangsOn: link.hangsOn, indexes: link.indexes + 1, hops: link.hops };
    const children = read.children.map(({ digest, size, mediaType, platform }): Link => {
      return { ...below, ...UNTAGGED, route: 'child', digest, size, mediaType, platform: platformText(platform) };
    });
    const beside = { about, hangsOn: about, indexes: 0, hops: link.hops + 1 };
    const attached = hanging.found.map(({ route, digest, size, tagged, isList }): Link => {
      const { tag = null, fetched = null } = tagged ?? {};
      return { ...beside, route, digest, size, mediaType: null, platform: null, tag, fetched, isList };
    });
    const links = [...children, ...attached];
    this.#links += links.length;
    if (this.#links > MAX_LINKS) {
      this.#full(links[0] ?? link, limitExceeded(`what belongs to ${this.#upstream.name}`, MAX_LINKS, 'entries'));
      return [];
    }
    return links.filter((each) => this.#isInDepth(each));
  }

  #isInDepth(link: Link): boolean {
    const { indexes, hops, digest } = link;
    if (indexes <= LIMITS.indexDepth && hops <= this.#limits.depth) {
      return true;
    }
    const tooDeep = indexes > LIMITS.indexDepth;
    const unit = tooDeep ? 'levels of indexes' : 'manifests that hang on each other';
    this.#problem(link, limitExceeded(`manifest ${digest}`, tooDeep ? LIMITS.indexDepth : this.#limits.depth, unit));
    return false;
  }

  /** Said once: nothing is looked for any more. */
  #full(where: Pick<ClosureProblem, 'route' | 'digest' | 'tag' | 'about'>, error: AppError): void {
    if (!this.#isFull) {
      this.#isFull = true;
      this.#problem(where, error);
    }
  }

  #problem(
    { route, digest, tag, about }: Pick<ClosureProblem, 'route' | 'digest' | 'tag' | 'about'>,
    error: unknown,
  ): void {
    if (!isAppError(error)) {
      throw error;
    }
    this.#problems.push(problemOf({ route, digest, tag, about }, error));
  }
}

const NOTHING: HangingOn = { found: [], problems: [] };
const UNTAGGED = { tag: null, fetched: null, isList: false } as const;

function newNode(read: ReadNode): Node {
  return { read, link: null, isWalked: false, tags: new Set() };
}

/** A second entry may give the same digest another size: one of the two lies. */
function assertSize({ digest, content }: ReadNode, { size }: Link): void {
  if (size !== null && size !== content.length) {
    throw new OciError('BLOB_SIZE_MISMATCH', 'another size than its descriptor says', {
      object: `manifest ${digest}`,
      expected: `${size} bytes`,
      found: `${content.length} bytes`,
    });
  }
}

function manifestOf(read: ReadNode, { route, hangsOn, platform }: Link, tags: readonly string[]): ClosureManifest {
  const { kind, digest, mediaType, artifactType, content } = read;
  const children = read.children.map((child) => child.digest);
  return { kind, digest, mediaType, artifactType, content, route, hangsOn, platform, children, tags };
}

function platformText(platform: Platform | null): string | null {
  return platform === null
    ? null
    : [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join('/');
}
