import { systemClock } from '#base/clock.ts';
import { createMeter } from '../metrics/meter.ts';
import type { RoleStart } from '../supervisor/messages.ts';
import { type RoleHost, type RunningRole, runRole } from './run-role.ts';

runRole(openAdmission);

/**
 * A process of its own, so that neither pushes nor analyses make it wait. What it decides comes with the deploy stage; without a listener of its
 * own it loads nothing.
 */
async function openAdmission(start: RoleStart, host: RoleHost): Promise<RunningRole> {
  const meter = createMeter('admission');
  if (start.listeners.length > 0) {
    const { openAdmissionDoors } = await import('./admission-doors.ts');
    return await openAdmissionDoors(start, { host, meter, clock: systemClock });
  }
  return {
    listening: [],
    credential: null,
    measure: async () => await meter.collect(),
    stop: async () => await Promise.resolve(),
  };
}
