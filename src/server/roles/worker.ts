import { createLog } from '#base/log.ts';
import { createMeter } from '../metrics/index.ts';
import type { RoleStart } from '../supervisor/messages.ts';
import { type RunningRole, runRole } from './run-role.ts';

runRole(openWorker);

/** Does the jobs. */
async function openWorker({ config }: RoleStart): Promise<RunningRole> {
  const log = await createLog(config.log.level, { fields: { process: 'worker' }, isBuffered: true });
  const meter = createMeter('worker');
  return {
    listening: [],
    credential: null,
    measure: async () => await meter.collect(),
    stop: async () => {
      log.flush();
      await Promise.resolve();
    },
  };
}
