import type { JobKind, JobRunner, JobRunnerOptions, Jobs } from '#model/platform/job.ts';
import type { JobHandlers } from './context.ts';

export interface LanesOptions extends Pick<JobRunnerOptions, 'schedules'> {
  readonly handlers: JobHandlers;
  /** Images that are analysed at once. */
  readonly analyses: number;
}

interface Lane {
  readonly kinds: readonly JobKind[];
  readonly concurrency: number;
}

/** Copying waits for others most of the time. */
const COPIES = 4;
const UPKEEP = 3;

/** Takes jobs in lanes of their own: what takes an hour, an image of gigabytes or a round of the scrubber, holds up nothing but its like. */
export async function startLanes(
  jobs: Pick<Jobs, 'start'>,
  { handlers, analyses, schedules = {} }: LanesOptions,
): Promise<JobRunner> {
  const runners: JobRunner[] = [];
  for (const { kinds, concurrency } of lanesOf(analyses)) {
    const own = kinds.filter((kind) => handlers[kind] !== undefined);
    if (own.length > 0) {
      runners.push(await jobs.start({ handlers: pick(handlers, own), schedules: pick(schedules, own), concurrency }));
    }
  }
  return { stop: async (graceMs) => void (await Promise.all(runners.map((runner) => runner.stop(graceMs)))) };
}

function lanesOf(analyses: number): readonly Lane[] {
  return [
    { kinds: ['analyse-image'], concurrency: analyses },
    { kinds: ['acquire-image', 'poll-sources'], concurrency: COPIES },
    // One at a time uses a processor: whoever has more starts more workers.
    { kinds: ['judge-images'], concurrency: 1 },
    { kinds: ['attest-image'], concurrency: 1 },
    {
      kinds: [
        'update-advisories',
        'retire-image',
        'apply-retention',
        'collect-garbage',
        'scrub-blobs',
        'expire-uploads',
      ],
      concurrency: UPKEEP,
    },
  ];
}

function pick<T>(all: Readonly<Partial<Record<JobKind, T>>>, kinds: readonly JobKind[]): Partial<Record<JobKind, T>> {
  return Object.fromEntries(kinds.flatMap((kind) => (all[kind] === undefined ? [] : [[kind, all[kind]]])));
}
