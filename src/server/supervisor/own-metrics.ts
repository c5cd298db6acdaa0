import type { MetricName } from '../metrics/catalogue.ts';
import { METRICS } from '../metrics/catalogue.ts';
import { processFamilies } from '../metrics/meter.ts';
import type { MetricFamily, ProcessMetrics } from '../metrics/process-metrics.ts';
import type { RoleProcess } from './role-process.ts';

/** What the supervisor has to say of itself and its processes. */
export function ownMetrics(processes: readonly RoleProcess[]): ProcessMetrics {
  return {
    process: 'supervisor',
    families: [
      ...processFamilies(null),
      family('plimsoll_processes_ready', processes, (one) => (one.isReady ? 1 : 0)),
      family('plimsoll_process_restarts_total', processes, (one) => one.restarts),
    ],
  };
}

function family(
  name: MetricName,
  processes: readonly RoleProcess[],
  valueOf: (one: RoleProcess) => number,
): MetricFamily {
  const values = processes.map((one) => ({ value: valueOf(one), labels: { name: one.name } }));
  const { type, help } = METRICS.find((entry) => entry.name === name) ?? { type: 'gauge', help: '' };
  return { name, type, help, values };
}
