import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { readiness } from '../health/readiness.ts';
import { createMeter } from '../metrics/index.ts';
import type { RoleStart } from '../supervisor/messages.ts';
import { dispatch } from './dispatch.ts';
import { openDoors } from './doors.ts';
import { type RoleHost, type RunningRole, runRole } from './run-role.ts';

runRole(openFront);

/** Registry, API, token service, metrics: all that clients and people talk to. */
async function openFront({ config, listeners }: RoleStart, host: RoleHost): Promise<RunningRole> {
  const log = await createLog(config.log.level, { fields: { process: 'front' }, isBuffered: true });
  const meter = createMeter('front');
  const clock = systemClock;
  const doors = await openDoors(listeners, { config, clock, log, meter });
  const ready = readiness({}, { clock, log });
  doors.open((services) =>
    dispatch(services, {
      registry: null,
      api: null,
      ready: async () => (doors.isClosing ? { isReady: false, checks: { server: 'it stops' } } : await ready()),
      collect: async () => await host.collect(),
    }),
  );
  return {
    listening: doors.listening.map(({ url, port, config: { serves } }) => ({ url, port, services: serves })),
    credential: null,
    measure: async () => await meter.collect(),
    stop: async () => {
      await doors.close(config.shutdownGraceMs);
      log.flush();
    },
  };
}
