import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { JUDGEMENT_PRIORITIES } from '#model/platform/judgement.ts';
import type { ServerConfig } from '../config/index.ts';
import { readiness } from '../health/readiness.ts';
import { createMeter, type Meter, measuredBlobs, measuredStore } from '../metrics/index.ts';
import type { RoleStart } from '../supervisor/messages.ts';
import { dispatch } from './dispatch.ts';
import { type Doors, openDoors } from './doors.ts';
import { openFrontParts } from './front-parts.ts';
import { openStores, type Stores } from './open-stores.ts';
import { type RoleHost, type RunningRole, runRole } from './run-role.ts';

runRole(openFront);

/** Registry, API, token service, metrics: all that clients and people talk to. */
async function openFront({ config, listeners, services, version }: RoleStart, host: RoleHost): Promise<RunningRole> {
  const log = await createLog(config.log.level, { fields: { process: 'front' }, isBuffered: true });
  const meter = createMeter('front');
  const clock = systemClock;
  // The port first: whoever cannot have it must not touch the data of the one that has.
  const doors = await openDoors(listeners, { config, clock, log, meter });
  const stores = await openStores(config, { clock, log });
  measureStores(stores, meter);
  const context = {
    store: measuredStore(stores.store, meter),
    blobs: measuredBlobs(stores.blobs, meter),
    clock,
    log,
    publicUrl: publicUrlOf(config, doors),
  };
  const parts = await openFrontParts(context, { config, services, version, meter });
  const probes = {
    metadata: async (signal: AbortSignal) => await stores.store.probe(signal),
    blobs: async (signal: AbortSignal) => await stores.blobs.probe(signal),
  };
  const ready = readiness(probes, { clock, log });
  doors.open((served) =>
    dispatch(served, {
      registry: parts.registry,
      api: parts.api,
      tokens: parts.tokens,
      ready: async () => (doors.isClosing ? { isReady: false, checks: { server: 'it stops' } } : await ready()),
      collect: async () => await host.collect(),
    }),
  );
  return {
    listening: doors.listening.map(({ url, port, config: { serves } }) => ({ url, port, services: serves })),
    credential: parts.credential,
    measure: async () => await meter.collect(),
    stop: async () => {
      await doors.close(config.shutdownGraceMs);
      await stores.store.close();
      log.flush();
    },
  };
}

/** What clients are told, or where they come in. */
function publicUrlOf({ publicUrl }: ServerConfig, { listening }: Doors): string {
  const own = listening.find(({ config }) => config.serves.includes('registry')) ?? listening[0];
  return publicUrl ?? own?.url ?? '';
}

/** What is not counted where it happens, but looked up when somebody reads the metrics; not more often than that costs. */
function measureStores({ store }: Stores, meter: Meter): void {
  meter.onCollect(async () => {
    const { records } = store;
    const [totals, jobs, due] = await Promise.all([
      records.upkeep.totals(),
      store.jobs.counts(),
      records.judgements.due(),
    ]);
    meter.set('plimsoll_blobs', {}, totals.blobs);
    meter.set('plimsoll_blob_bytes', {}, totals.bytes);
    for (const priority of JUDGEMENT_PRIORITIES) {
      meter.set('plimsoll_judgements_due', { priority }, due[priority]);
    }
    for (const state of ['waiting', 'running', 'failed'] as const) {
      meter.set('plimsoll_jobs', { state }, jobs[state]);
    }
    await Promise.all(UNDER_WAY.map(async (state) => await countAcquisitions(store, meter, state)));
  });
}

const UNDER_WAY = ['waiting', 'copying', 'judging'] as const;
/** Of acquisitions in one state: more than this is a queue, however long it is. */
const MAX_COUNTED = 1000;

async function countAcquisitions(
  { records }: Stores['store'],
  meter: Meter,
  state: (typeof UNDER_WAY)[number],
): Promise<void> {
  const filter = { prefixes: null, source: null, state, after: null, limit: MAX_COUNTED };
  meter.set('plimsoll_acquisitions', { state }, (await records.acquisitions.list(filter)).length);
}
