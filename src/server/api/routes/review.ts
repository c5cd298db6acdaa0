import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { DueCounts, JudgementRecords } from '#model/platform/judgement.ts';
import type { StreamedEvent } from '../../http/index.ts';
import { assertMay } from '../permission.ts';
import { type ApiContext, EventSource, type Route, route, streamRoute } from '../route.ts';

const counts = z.strictObject({
  /** Images that wait to be judged again: those that run, */
  running: z.int(),
  /** those that are served, */
  promoted: z.int(),
  /** and all others. */
  rest: z.int(),
});
const LOOK_MS = 1000;

/** How far the judging of what changed is. */
export function reviewRoutes({ store }: ApiContext): readonly Route[] {
  const { judgements } = store.records;
  return [
    route({
      method: 'GET',
      path: '/review',
      id: 'getReview',
      summary: 'How many images wait to be judged again. Needs a role for all repositories.',
      body: null,
      status: 200,
      answer: counts,
      handle: async ({ subject }) => {
        assertMay(subject, 'read');
        return { ...(await judgements.due()) };
      },
    }),
    streamRoute({
      path: '/review/events',
      id: 'watchReview',
      summary: 'The same as server-sent events, `progress` whenever it changed, and `finished` when none is left.',
      event: counts,
      open: async ({ subject, lastId }) => {
        assertMay(subject, 'read');
        const isOver = lastId === idOf(NONE) && idOf(await judgements.due()) === lastId;
        return new EventSource((signal) => changes(judgements, signal), { isOver });
      },
    }),
  ];
}

const NONE: DueCounts = { running: 0, promoted: 0, rest: 0 };

async function* changes(judgements: JudgementRecords, signal: AbortSignal): AsyncGenerator<StreamedEvent> {
  let last = '';
  for (;;) {
    const due = await judgements.due();
    const id = idOf(due);
    if (id !== last) {
      last = id;
      yield { id, name: id === idOf(NONE) ? 'finished' : 'progress', data: due };
    }
    if (id === idOf(NONE)) {
      return;
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
}

function idOf({ running, promoted, rest }: DueCounts): string {
  return `${running}-${promoted}-${rest}`;
}
