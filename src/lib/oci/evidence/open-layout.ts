import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { AttachmentRoute, EvidenceSubject } from '#model/attachment.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { OciError } from '../error.ts';
import type { ListableFiles } from '../files/file-set.ts';
import { contentOf } from '../images/content-source.ts';
import { readLayout } from '../images/layout.ts';
import type { OpenOptions } from '../images/options.ts';
import { rootsOf } from '../images/select.ts';
import type { LayoutArchiveReference, LayoutReference } from '../reference.ts';
import { readAttachments } from './attachments.ts';
import { type Catalogue, catalogueOf } from './catalogue.ts';
import { readVerified } from './documents.ts';
import { type Findings, type Found, problemOf } from './found.ts';
import { Room } from './room.ts';
import type { EvidenceSource } from './source.ts';
import { readSubjects } from './subjects.ts';
import { cosignTags, fallbackTag, isEvidenceTag } from './tags.ts';

/** What `cosign save` writes as the annotation `kind` (sigstore/cosign, pkg/oci/layout/index.go). */
const COSIGN = 'dev.cosignproject.cosign/';
const COSIGN_KINDS: ReadonlyMap<string, AttachmentRoute> = new Map([
  [`${COSIGN}sigs`, 'signature-tag'],
  [`${COSIGN}atts`, 'attestation-tag'],
]);

/** What hangs on an image in an OCI layout: a folder, or the members of a tar. The files are closed with it, or at once when it cannot be opened. */
export async function openLayoutEvidence(
  files: ListableFiles,
  reference: LayoutReference | LayoutArchiveReference,
  options: OpenOptions,
): Promise<EvidenceSource> {
  try {
    const layout = new Layout(files, await readLayout(files, options.signal));
    const signal = options.signal ?? new AbortController().signal;
    const roots = await layout.roots(reference, signal);
    const source = contentOf(files);
    const { subjects, entries } = await readSubjects(source, roots, reference.digest, options);
    const room = new Room(LIMITS.imageAttachmentsBytes);
    return {
      repository: null,
      tag: reference.tag,
      reference: reference.text,
      subjects,
      content: source,
      attachments: async (subject, asked = new AbortController().signal) => {
        const findings = await layout.find(subject, entries.get(subject.digest) ?? [], asked);
        return await readAttachments(source, subject, findings, room, asked);
      },
      close: () => files.close(),
    };
  } catch (error) {
    await files.close();
    throw error;
  }
}

class Layout {
  readonly #files: ListableFiles;
  readonly #entries: readonly Descriptor[];
  #catalogue: Catalogue | null = null;

  constructor(files: ListableFiles, entries: readonly Descriptor[]) {
    this.#files = files;
    this.#entries = entries;
  }

  /** The entries that the reference can mean. Where it does not say, those that hang on others are not meant. */
  async roots(
    reference: LayoutReference | LayoutArchiveReference,
    signal: AbortSignal,
  ): Promise<readonly Descriptor[]> {
    const named = rootsOf(this.#entries, reference, this.#files.object);
    const exact = named.filter(({ digest }) => digest === reference.digest);
    if (exact.length > 0 || reference.tag !== null || reference.digest !== null || named.length < 2) {
      return exact.length > 0 ? exact : named;
    }
    const { referrers } = await this.#read(signal);
    const hanging = new Set(referrers.map(({ digest }) => digest));
    const own = named.filter((entry) => !hanging.has(entry.digest) && !isEvidence(entry));
    return own.length > 0 ? own : named;
  }

  async find(subject: EvidenceSubject, listed: readonly Found[], signal: AbortSignal): Promise<Findings> {
    const { referrers, problems } = await this.#read(signal);
    const fallback = await this.#fallback(subject, signal);
    const own = referrers.filter((referrer) => referrer.subject === subject.digest);
    return {
      found: [
        ...cosignTags(subject.digest).flatMap(({ route, tag }) => this.#named(tag).map((entry) => found(route, entry))),
        ...this.#saved(subject),
        ...listed,
        ...own.map((entry) => found('referrers', entry)),
        ...fallback.found,
      ],
      problems: [
        ...problems.map(({ digest, error }) => problemOf(subject, 'referrers', digest, error)),
        ...fallback.problems,
      ],
    };
  }

  /** Once for all subjects. */
  async #read(signal: AbortSignal): Promise<Catalogue> {
    const loose = this.#entries.some((entry) => kindOf(entry).startsWith(COSIGN));
    this.#catalogue ??= await catalogueOf(this.#files, this.#entries, loose, signal);
    return this.#catalogue;
  }

  /** Tools keep the index under its tag, as a registry would have it. */
  async #fallback(subject: EvidenceSubject, signal: AbortSignal): Promise<Findings> {
    const [route, results]: [AttachmentRoute, Findings[]] = ['fallback-tag', []];
    for (const entry of this.#named(fallbackTag(subject.digest))) {
      try {
        results.push({ found: await this.#children(entry, signal), problems: [] });
      } catch (error) {
        signal.throwIfAborted();
        if (!isAppError(error)) {
          throw error;
        }
        results.push({ found: [], problems: [problemOf(subject, route, null, error)] });
      }
    }
    return { found: results.flatMap((each) => each.found), problems: results.flatMap((each) => each.problems) };
  }

  async #children(entry: Descriptor, signal: AbortSignal): Promise<readonly Found[]> {
    const { content } = (await readVerified(contentOf(this.#files), entry, signal)).document;
    if (content.kind === 'manifest') {
      const object = `manifest ${entry.digest}`;
      throw new OciError('MANIFEST_INVALID', 'no list of referrers', {
        object,
        expected: 'an index',
        found: 'a manifest',
      });
    }
    return content.manifests.map((child) => found('fallback-tag', child));
  }

  #named(tag: string): readonly Descriptor[] {
    return this.#entries.filter((entry) => nameOf(entry) === tag);
  }

  /** `cosign save` puts what hangs on an image beside it, and says of neither which: one image and its own is what it saves. */
  #saved(subject: EvidenceSubject): readonly Found[] {
    const isSaved = this.#entries.some(
      (entry) => entry.digest === subject.digest && [`${COSIGN}image`, `${COSIGN}imageIndex`].includes(kindOf(entry)),
    );
    return this.#entries.flatMap((entry) => {
      const route = COSIGN_KINDS.get(kindOf(entry));
      return isSaved && route !== undefined ? [found(route, entry)] : [];
    });
  }
}

function found(route: AttachmentRoute, { digest, size }: { digest: Digest; size: number }): Found {
  return { route, digest, size, bytes: null };
}

function isEvidence(entry: Descriptor): boolean {
  return COSIGN_KINDS.has(kindOf(entry)) || isEvidenceTag(nameOf(entry));
}

function kindOf({ annotations }: Descriptor): string {
  return annotations.get('kind') ?? '';
}

/** The tag, also where a tool writes the repository before it. */
function nameOf({ annotations }: Descriptor): string {
  const name = annotations.get('org.opencontainers.image.ref.name') ?? '';
  return name.slice(name.lastIndexOf(':') + 1);
}
