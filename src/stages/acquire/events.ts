import { newId } from '#base/uuid.ts';
import { nameOfOwner } from '#lib/access/index.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { PlatformEvent } from '#model/platform/event.ts';
import type { AcquireContext } from './context.ts';

type EventContext = Pick<AcquireContext, 'clock' | 'random'>;

export function requestedEvent(context: EventContext, acquisition: Acquisition): PlatformEvent {
  const { id, repository, upstream, reference, source, requestedBy } = acquisition;
  const data = { id, repository: repository.name, upstream, reference, source };
  return eventOf(context, { type: 'acquisition.requested.v1', acquisition, actor: nameOfOwner(requestedBy), data });
}

/** As it ended. */
export function finishedEvent(context: EventContext, acquisition: Acquisition): PlatformEvent {
  const { id, repository, upstream, reference, digest, state, reason, source } = acquisition;
  const data = { id, repository: repository.name, upstream, reference, digest, state, reason };
  return eventOf(context, { type: 'acquisition.finished.v1', acquisition, actor: `source:${source}`, data });
}

/** Somebody asked for what no source allows. */
export function deniedEvent(
  { clock, random }: EventContext,
  denied: { readonly actor: string; readonly upstream: string; readonly reference: string; readonly reason: string },
): PlatformEvent {
  const { actor, upstream, reference, reason } = denied;
  const time = clock.now();
  const subject = `${upstream}${reference.includes(':') ? '@' : ':'}${reference}`;
  const data = { upstream, reference, reason };
  return { id: newId(time, random), type: 'acquisition.denied.v1', subject, actor, time, projectId: null, data };
}

function eventOf(
  { clock, random }: EventContext,
  { acquisition, ...event }: Pick<PlatformEvent, 'type' | 'actor' | 'data'> & { readonly acquisition: Acquisition },
): PlatformEvent {
  const time = clock.now();
  const { repository, reference } = acquisition;
  return {
    ...event,
    id: newId(time, random),
    subject: `${repository.name}@${reference}`,
    time,
    projectId: repository.projectId,
  };
}
