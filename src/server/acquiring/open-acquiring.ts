import { randomBytes } from 'node:crypto';
import { messageOf } from '#base/error.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { FirstPull } from '#model/platform/intake.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import type { Sources } from '#stages/acquire/index.ts';
import type { ServerContext } from '../context.ts';

/** What a front offers of it. */
export interface Acquiring {
  readonly firstPull: FirstPull;
  /** Makes an acquisition, or finds the one that goes on. Throws why no source allows it, or the subject may not. */
  request(subject: Subject, request: { readonly reference: string; readonly force: boolean }): Promise<Acquisition>;
}

/** A registry without sources looks so often whether there is one by now, when a tag is pulled. */
const LOOK_MS = 60_000;

/**
 * What takes images is large, and is loaded when there may be one: a registry that takes nothing from elsewhere asks one row for each
 * manifest that it does not have.
 */
export function openAcquiring(context: ServerContext, sources: Sources): Acquiring {
  let loaded: Promise<Acquiring> | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const load = async (): Promise<Acquiring> => {
    loaded ??= loadAcquiring(context, sources).catch((error: unknown) => {
      loaded = null;
      throw error;
    });
    return await loaded;
  };
  const gate = async (): Promise<FirstPull | null> => {
    const isOpen = loaded !== null || (await context.store.records.documents.project(INSTALLATION)) !== null;
    return isOpen ? (await load()).firstPull : null;
  };
  return {
    request: async (...asked) => await (await load()).request(...asked),
    firstPull: {
      pull: async (...asked) => (await (await gate())?.pull(...asked)) ?? null,
      unjudged: async (...asked) => (await (await gate())?.unjudged(...asked)) ?? null,
      served: (...asked) => {
        const now = context.clock.now();
        if (loaded === null && now - lookedAt < LOOK_MS && now >= lookedAt) {
          return;
        }
        lookedAt = now;
        gate().then(
          (firstPull) => firstPull?.served(...asked),
          (error: unknown) => context.log.warn('sources cannot be asked for a tag', { error: messageOf(error) }),
        );
      },
    },
  };
}

async function loadAcquiring(context: ServerContext, sources: Sources): Promise<Acquiring> {
  const { createFirstPull, requestAcquisition } = await import('#stages/acquire/index.ts');
  const { store, clock, log } = context;
  const random = (length: number): Uint8Array => randomBytes(length);
  const parts = { store, clock, log, random, sources };
  return {
    firstPull: createFirstPull(parts),
    request: async (subject, request) => await requestAcquisition(parts, subject, request),
  };
}
