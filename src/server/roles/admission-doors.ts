import type { Clock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import type { Meter } from '../metrics/meter.ts';
import type { RoleStart } from '../supervisor/messages.ts';
import { dispatch } from './dispatch.ts';
import { openDoors } from './doors.ts';
import type { RoleHost, RunningRole } from './run-role.ts';

export interface AdmissionContext {
  readonly host: RoleHost;
  readonly meter: Meter;
  readonly clock: Clock;
}

/** Admission with listeners of its own. */
export async function openAdmissionDoors(
  { config, listeners }: RoleStart,
  { host, meter, clock }: AdmissionContext,
): Promise<RunningRole> {
  const log = await createLog(config.log.level, { fields: { process: 'admission' }, isBuffered: true });
  const doors = await openDoors(listeners, { config, clock, log, meter });
  doors.open((services) =>
    dispatch(services, {
      registry: null,
      api: null,
      tokens: null,
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
