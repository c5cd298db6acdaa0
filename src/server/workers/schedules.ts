import type { JobKind } from '#model/platform/job.ts';
import type { ServerConfig } from '../config/index.ts';

/** What time alone changed is looked for so often; everything else asks by itself. */
const REVIEW_EVERY_MS = 60 * 1000;
/** Each source says itself how often its tags are looked at. */
const POLL_EVERY_MS = 60 * 1000;
/** Uploads that nobody goes on with are looked for so often. */
const UPLOADS_EVERY_MS = 60 * 60 * 1000;
/** The scrubber does a part of its round each time. */
const SCRUBS_PER_ROUND = 7;

type Scheduled = Pick<ServerConfig, 'advisories' | 'retention' | 'collection' | 'scrub'>;

/** Milliseconds between two jobs of the kinds that nobody has to ask for. */
export function schedulesOf({ advisories, retention, collection, scrub }: Scheduled): Partial<Record<JobKind, number>> {
  return {
    'judge-images': REVIEW_EVERY_MS,
    'poll-sources': POLL_EVERY_MS,
    ...(advisories === null ? {} : { 'update-advisories': advisories.everyMs }),
    ...(retention === null ? {} : { 'apply-retention': retention.everyMs }),
    'collect-garbage': collection.everyMs,
    'scrub-blobs': Math.ceil(scrub.everyMs / SCRUBS_PER_ROUND),
    'expire-uploads': UPLOADS_EVERY_MS,
  };
}
