import { isAppError, messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { may, ownerOf } from '#lib/access/index.ts';
import { isEvidenceTag } from '#lib/oci/index.ts';
import type { Subject } from '#model/platform/access.ts';
import { type Acquisition, FINAL_ACQUISITION_STATES } from '#model/platform/acquisition.ts';
import type { FirstPull, FirstPullAnswer } from '#model/platform/intake.ts';
import type { ManifestPointer, ResolvedManifest } from '#model/platform/records.ts';
import type { AcquireContext, ActiveSources, Taken } from './context.ts';
import { deniedEvent } from './events.ts';
import { isNotThere } from './failure.ts';
import { objectionTo } from './history.ts';
import { type RateRule, RequestRate } from './rate.ts';
import { nameOf, textOf } from './reference.ts';
import { beginAcquisition } from './request.ts';
import { UnjudgedImages } from './unjudged.ts';
import { AcquisitionWatch } from './watch.ts';

export interface FirstPullContext extends AcquireContext {
  readonly log: Log;
  /** How often one may have something new taken by pulling. */
  readonly rate?: RateRule;
  /** Between two looks upstream at what a tag means. */
  readonly refreshMs?: number;
}

/** A deployment of hundreds of images by one robot goes through at once. */
const RATE: RateRule = { burst: 200, everyMs: 3000 };
const REFRESH_MS = 10 * 60 * 1000;
/** So long nobody asks again for what could not be taken. */
const FAILED_MS = 30_000;
/** The client asks again after so many seconds; analyses of large images take minutes. */
const RETRY_SECONDS = 10;

/** The gate for images that nobody has asked for before. */
export function createFirstPull(context: FirstPullContext): FirstPull {
  return new Gate(context);
}

/** What there is to wait for, or nothing: then an answer, or null for none. */
type Begun = { readonly row: Acquisition } | { readonly answer: FirstPullAnswer | null };

class Gate implements FirstPull {
  readonly #context: FirstPullContext;
  readonly #watch: AcquisitionWatch;
  readonly #rate: RequestRate;
  readonly #refreshMs: number;
  readonly #unjudged: UnjudgedImages;
  /** Refusals that were told already, by repository: a client that asks again and again, for whatever tag, makes one event. */
  readonly #told = new RequestRate({ burst: 1, everyMs: 60_000 });
  /** Of one of us so many, whatever repositories he thinks of. */
  readonly #toldOf = new RequestRate({ burst: 20, everyMs: 60_000 });
  /** When this process last asked whether a tag is to be looked at, so that a pull does not ask the store each time. */
  readonly #noticed = new Map<string, number>();

  constructor(context: FirstPullContext) {
    this.#context = context;
    this.#watch = new AcquisitionWatch(context.store);
    this.#rate = new RequestRate(context.rate ?? RATE);
    this.#refreshMs = context.refreshMs ?? REFRESH_MS;
    this.#unjudged = new UnjudgedImages(context.store);
  }

  async pull(
    subject: Subject,
    repository: string,
    pointer: ManifestPointer,
    signal: AbortSignal,
  ): Promise<FirstPullAnswer | null> {
    // What hangs on an image comes with it or not at all.
    if (!may(subject, 'pull', repository) || ('tag' in pointer && isEvidenceTag(pointer.tag))) {
      return null;
    }
    const active = await this.#active();
    const taken = active?.upstreamOf(repository, pointer) ?? null;
    if (active === null || taken === null) {
      return null;
    }
    if (taken.kind === 'not-taken') {
      return await this.#outside(subject, repository, pointer, taken.reason);
    }
    if (taken.acquire.firstPull.mode === 'off') {
      return null;
    }
    const begun = await this.#begin(subject, active, taken, pointer);
    return 'answer' in begun ? begun.answer : await this.#wait(begun.row, taken, signal);
  }

  served(repository: string, tag: string): void {
    const name = `${repository}:${tag}`;
    const now = this.#context.clock.now();
    if (now - (this.#noticed.get(name) ?? Number.NEGATIVE_INFINITY) >= this.#refreshMs) {
      remember(this.#noticed, name, now);
      void this.#refresh(repository, tag).catch((error: unknown) => {
        this.#context.log.warn('tag not refreshed', { repository, tag, error: messageOf(error) });
      });
    }
  }

  async unjudged(repository: string, digest: ResolvedManifest['digest']): Promise<string | null> {
    const taken = (await this.#active())?.upstreamOf(repository, { digest });
    if (taken?.kind !== 'taken' || taken.acquire.firstPull.mode !== 'serve') {
      return null;
    }
    return (await this.#unjudged.reach(repository, digest)) ? UNJUDGED : null;
  }

  /** Documents that nobody can read take nothing from anywhere, and end no push and no pull of what is here. */
  async #active(): Promise<ActiveSources | null> {
    const { sources, log } = this.#context;
    try {
      return await sources.active();
    } catch (error) {
      if (isAppError(error) && (error.code === 'DOCUMENTS_UNUSABLE' || error.code === 'DOCUMENTS_BUSY')) {
        log.warn('nothing is taken from elsewhere', { error: error.message });
        return null;
      }
      throw error;
    }
  }

  /** The acquisition to wait for, or what there is to say without one. */
  async #begin(subject: Subject, active: ActiveSources, taken: Taken, pointer: ManifestPointer): Promise<Begun> {
    const { records } = this.#context.store;
    const here = await records.manifests.resolve(taken.repository, pointer, subject.environment);
    if (here !== null && isServed(here)) {
      return { answer: READY };
    }
    const repository = here?.repository ?? (await records.repositories.find(taken.repository));
    const digest = here?.digest ?? ('digest' in pointer ? pointer.digest : null);
    const [underWay] =
      repository === null || digest === null ? [] : await records.acquisitions.underWay(repository.id, digest);
    if (underWay !== undefined) {
      return { row: underWay };
    }
    // What hangs on an image comes with it.
    if (here !== null && here.governor !== here.digest) {
      return { answer: null };
    }
    return (await this.#obstacle(active, taken, pointer, here)) ?? (await this.#start(subject, taken, pointer));
  }

  /** What was decided stands, for a digest until something changes that decides, for a tag until it is looked at again. */
  async #obstacle(
    { changedAt }: ActiveSources,
    taken: Taken,
    pointer: ManifestPointer,
    here: ResolvedManifest | null,
  ): Promise<Begun | null> {
    const { store, clock } = this.#context;
    const { records } = store;
    const now = clock.now();
    const digest = 'digest' in pointer ? pointer.digest : (here?.digest ?? null);
    const isFresh = 'digest' in pointer || !(await this.#isTimeToLook(taken.repository, pointer.tag, now));
    if (digest !== null && isFresh) {
      const asked = { repository: taken.repository, upstream: nameOf(taken), digest, changedAt };
      const objection = await objectionTo(records, asked);
      if (objection !== null) {
        return { answer: { kind: 'refused', message: objection.reason } };
      }
    }
    const latest = await this.#latest(taken, pointer);
    return latest !== null && this.#isRecent(latest, { now, changedAt, isHere: here !== null })
      ? { answer: answerTo(latest) }
      : null;
  }

  /** Whether asking upstream once more would be too soon. What is here is looked at again in its own time. */
  #isRecent(
    { state, finishedAt }: Acquisition,
    { now, changedAt, isHere }: { readonly now: number; readonly changedAt: number; readonly isHere: boolean },
  ): boolean {
    if (finishedAt === null) {
      return false;
    }
    return state === 'failed'
      ? finishedAt > now - FAILED_MS
      : state !== 'promoted' && !isHere && finishedAt >= changedAt && finishedAt > now - this.#refreshMs;
  }

  async #start(subject: Subject, taken: Taken, pointer: ManifestPointer): Promise<Begun> {
    const { clock } = this.#context;
    const wait = this.#rate.take(subject.id, clock.now());
    if (wait > 0) {
      const joined = await this.#latest(taken, pointer);
      if (joined?.finishedAt === null) {
        return { row: joined };
      }
      const message = `${subject.id} has asked for too much that is new`;
      return { answer: { kind: 'wait', retryAfterSeconds: wait, message } };
    }
    const asked = { taken, reference: textOf(pointer) };
    const { acquisition, isNew } = await beginAcquisition(this.#context, ownerOf(subject), asked);
    if (!isNew) {
      this.#rate.giveBack(subject.id);
    }
    return { row: acquisition };
  }

  /** What became of it when it was asked for last. */
  async #latest({ repository }: Taken, pointer: ManifestPointer): Promise<Acquisition | null> {
    const { acquisitions, repositories } = this.#context.store.records;
    const found = await repositories.find(repository);
    return found === null ? null : await acquisitions.latest(found.id, textOf(pointer));
  }

  async #wait({ id }: Acquisition, { acquire }: Taken, signal: AbortSignal): Promise<FirstPullAnswer | null> {
    const { mode, waitMs } = acquire.firstPull;
    const isEnough = ({ state }: Acquisition): boolean => isFinal(state) || (mode === 'serve' && state === 'judging');
    const row = await this.#watch.until(id, isEnough, waitMs, signal);
    if (row === null) {
      return NOT_YET;
    }
    return row.state === 'judging' && mode === 'serve' ? { kind: 'ready', warning: UNJUDGED } : answerTo(row);
  }

  async #outside(
    subject: Subject,
    repository: string,
    pointer: ManifestPointer,
    reason: string,
  ): Promise<FirstPullAnswer> {
    const { store, clock } = this.#context;
    const reference = textOf(pointer);
    const now = clock.now();
    if (this.#told.take(`${subject.id} ${repository}`, now) === 0 && this.#toldOf.take(subject.id, now) === 0) {
      const denied = { actor: subject.id, upstream: repository, reference, reason };
      await store.records.events.append(deniedEvent(this.#context, denied));
    }
    return { kind: 'refused', message: reason };
  }

  /** Nobody waits for this one. */
  async #refresh(repository: string, tag: string): Promise<void> {
    const { sources, clock, store } = this.#context;
    const taken = (await sources.active()).upstreamOf(repository, { tag });
    if (taken?.kind !== 'taken' || taken.acquire.firstPull.mode === 'off') {
      return;
    }
    const here = await store.records.manifests.resolve(repository, { tag }, null);
    // What people push there themselves is not taken from elsewhere.
    if (here?.pushedBy !== `source:${taken.source.name}`) {
      return;
    }
    if (await this.#isTimeToLook(repository, tag, clock.now())) {
      await beginAcquisition(this.#context, `source:${taken.source.name}`, { taken, reference: tag });
    }
  }

  async #isTimeToLook(repository: string, tag: string, now: number): Promise<boolean> {
    const { acquisitions } = this.#context.store.records;
    return await acquisitions.look(`tag ${repository}:${tag}`, now - this.#refreshMs, now);
  }
}

const UNJUDGED = 'this image is served while it is looked at: nobody has decided about it yet';
const READY: FirstPullAnswer = { kind: 'ready', warning: null };
const NOT_YET: FirstPullAnswer = {
  kind: 'wait',
  retryAfterSeconds: RETRY_SECONDS,
  message: 'the image is being taken: ask again',
};

/** What a client is told of an acquisition; null for what is not there, upstream either. */
function answerTo(row: Acquisition): FirstPullAnswer | null {
  switch (row.state) {
    case 'promoted':
      return READY;
    case 'held':
    case 'refused':
      return { kind: 'refused', message: row.reason };
    case 'failed':
      return isNotThere(row.reason) ? null : { kind: 'refused', message: `it could not be taken: ${row.reason}` };
    case 'waiting':
    case 'copying':
    case 'judging':
      return { kind: 'wait', retryAfterSeconds: RETRY_SECONDS, message: howFar(row) };
  }
}

function howFar({ state, progress, reason }: Acquisition): string {
  if (state === 'judging') {
    return 'the image is here and is looked at: ask again';
  }
  const { bytes, bytesDone } = progress;
  const part = bytes === 0 ? '' : `, ${Math.floor((100 * bytesDone) / bytes)} % of it is here`;
  return `the image is being taken${part}${reason === '' ? '' : ` (${reason})`}: ask again`;
}

function isFinal(state: Acquisition['state']): boolean {
  return FINAL_ACQUISITION_STATES.some((final) => final === state);
}

function isServed({ standing: { state } }: ResolvedManifest): boolean {
  return state?.lifecycle === 'approved' || state?.lifecycle === 'deprecated';
}

/** Tags that are remembered; of more those from longest ago are forgotten. */
const MAX_NOTICED = 20_000;

function remember(noticed: Map<string, number>, name: string, now: number): void {
  noticed.delete(name);
  noticed.set(name, now);
  if (noticed.size > MAX_NOTICED) {
    for (const oldest of noticed.keys()) {
      noticed.delete(oldest);
      return;
    }
  }
}
