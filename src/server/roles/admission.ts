import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { createMeter } from '../metrics/index.ts';
import type { RoleStart } from '../supervisor/messages.ts';
import { dispatch } from './dispatch.ts';
import { openDoors } from './doors.ts';
import { type RoleHost, type RunningRole, runRole } from './run-role.ts';

runRole(openAdmission);

/** A process of its own, so that neither pushes nor analyses make it wait. What it decides comes with the deploy stage. */
async function openAdmission({ config, listeners }: RoleStart, host: RoleHost): Promise<RunningRole> {
  const log = await createLog(config.log.level, { fields: { process: 'admission' }, isBuffered: true });
  const meter = createMeter('admission');
  const doors = await openDoors(listeners, { config, clock: systemClock, log, meter });
  doors.open((services) =>
    dispatch(services, {
      registry: null,
      api: null,
      ready: async () => await Promise.resolve({ isReady: !doors.isClosing, checks: {} }),
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
