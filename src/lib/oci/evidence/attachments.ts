import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { Attachment, AttachmentProblem, Discovery, EvidenceSubject } from '#model/attachment.ts';
import { type AttachmentDocument, parseAttachment } from '../documents/attachment.ts';
import { OciError } from '../error.ts';
import type { ContentSource } from '../images/content-source.ts';
import { AttachmentBlobs, noRoom } from './blobs.ts';
import { bareDescriptor, readVerified } from './documents.ts';
import { type Findings, type Found, problemOf } from './found.ts';
import { Patience } from './patience.ts';
import { Room } from './room.ts';

/** Requests under way at once for one subject. */
export const PARALLEL = 8;

interface Reading {
  readonly source: ContentSource;
  readonly subject: EvidenceSubject;
  readonly signal: AbortSignal;
  readonly room: Room;
  readonly patience: Patience;
  readonly problems: AttachmentProblem[];
}

interface ReadManifest {
  readonly found: Found;
  readonly document: AttachmentDocument;
}

/**
 * Reads what was found to hang on a subject: each manifest and each part by its digest, in the order given and up to the
 * limits, `image` among them. What cannot be read, hangs on another manifest or is past a limit becomes a problem and hides nothing else.
 */
export async function readAttachments(
  source: ContentSource,
  subject: EvidenceSubject,
  findings: Findings,
  image: Room,
  signal: AbortSignal,
): Promise<Discovery> {
  const room = new Room(LIMITS.attachmentsBytes, image);
  const reading = { source, subject, signal, room, patience: new Patience(), problems: [...findings.problems] };
  const blobs = new AttachmentBlobs(source, reading.patience, room);
  const manifests = await readManifests(reading, withinLimit(reading, findings.found));
  const wanted = manifests.map(({ found, document }) => ({
    manifest: found,
    layers: document.content.kind === 'manifest' ? document.content.layers : [],
  }));
  const parts = await blobs.read(wanted, PARALLEL, signal);
  const attachments = manifests.map(({ found, document }, index): Attachment => {
    const { blobs: read = [], problems = [] } = parts[index] ?? {};
    reading.problems.push(...problems.map((error) => problemOf(subject, found.route, found.digest, error)));
    return {
      subject: subject.digest,
      route: found.route,
      digest: found.digest,
      size: found.size,
      mediaType: document.mediaType,
      artifactType: document.artifactType,
      annotations: document.annotations,
      declaredSubject: document.subject === null ? null : subjectOf(subject),
      blobs: read,
    };
  });
  return { attachments, problems: reading.problems };
}

/** Each manifest once, and no more than are read. */
function withinLimit(reading: Reading, found: readonly Found[]): readonly Found[] {
  const seen = new Set<Digest>();
  const once = found.filter(({ digest }) => !seen.has(digest) && seen.add(digest));
  const next = once[LIMITS.attachments];
  if (next === undefined) {
    return once;
  }
  const { subject, problems } = reading;
  const error = new OciError('REFERRERS_TOO_MANY', 'too much hangs on it', {
    object: `${subject.kind} ${subject.digest}`,
    expected: `at most ${LIMITS.attachments} manifests`,
    found: `${once.length}, of which the last ${once.length - LIMITS.attachments} were not read`,
  });
  problems.push(problemOf(subject, next.route, null, error));
  return once.slice(0, LIMITS.attachments);
}

async function readManifests(reading: Reading, found: readonly Found[]): Promise<readonly ReadManifest[]> {
  const { subject, signal, room, problems } = reading;
  // Room is given in the order of the list, whichever request is answered first.
  const rooms = found.map(({ size }) => room.take(size));
  const read = await mapConcurrently(
    found,
    PARALLEL,
    async (entry, index, stop): Promise<ReadManifest | AttachmentProblem> => {
      try {
        const document = await readManifest(reading, entry, rooms[index] === true, stop);
        assertSubject(entry, document, subject);
        return { found: entry, document };
      } catch (error) {
        stop.throwIfAborted();
        if (!isAppError(error)) {
          throw error;
        }
        return problemOf(subject, entry.route, entry.digest, error);
      }
    },
    signal,
  );
  return read.flatMap((result) => {
    if ('document' in result) {
      return [result];
    }
    problems.push(result);
    return [];
  });
}

async function readManifest(
  { source, patience }: Reading,
  found: Found,
  hasRoom: boolean,
  signal: AbortSignal,
): Promise<AttachmentDocument> {
  const object = `manifest ${found.digest}`;
  if (!hasRoom) {
    throw noRoom(object, found.size);
  }
  if (found.bytes !== null) {
    return parseAttachment(found.bytes, null, object);
  }
  return (await patience.attempt(() => readVerified(source, bareDescriptor(found), signal))).document;
}

/**
 * What a registry lists under a subject need not hang there: the manifest's own word counts, which is under its digest
 * and so under what is signed there (a registry that lists a foreign manifest, CVE-2022-47633).
 */
function assertSubject(found: Found, { subject }: AttachmentDocument, wanted: EvidenceSubject): void {
  const expected = subjectOf(wanted);
  const isDeclared = found.route === 'referrers' || found.route === 'fallback-tag';
  if (subject === null && !isDeclared) {
    return;
  }
  if (
    subject?.digest !== expected.digest ||
    subject.size !== expected.size ||
    subject.mediaType !== expected.mediaType
  ) {
    throw new OciError('REFERRER_SUBJECT_MISMATCH', 'hangs on something else than it is listed under', {
      object: `manifest ${found.digest}`,
      expected: `subject ${describe(expected)}`,
      found: subject === null ? 'none' : describe(subject),
    });
  }
}

function subjectOf({
  mediaType,
  digest,
  size,
}: EvidenceSubject): Pick<EvidenceSubject, 'mediaType' | 'digest' | 'size'> {
  return { mediaType, digest, size };
}

function describe({ mediaType, digest, size }: { mediaType: string | null; digest: string; size: number }): string {
  return `${digest} of ${size} bytes, ${mediaType ?? 'without a media type'}`;
}
