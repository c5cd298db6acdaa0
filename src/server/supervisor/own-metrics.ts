import type { MetricFamily, ProcessMetrics } from '../metrics/process-metrics.ts';
import type { RoleProcess } from './role-process.ts';

/** What the supervisor has to say of itself and its processes; it does without prom-client, to stay small. */
export function ownMetrics(processes: readonly RoleProcess[]): ProcessMetrics {
  const { user, system } = process.cpuUsage();
  return {
    process: 'supervisor',
    families: [
      gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', [[process.memoryUsage.rss(), {}]]),
      {
        name: 'process_cpu_seconds_total',
        help: 'Total user and system CPU time spent in seconds.',
        type: 'counter',
        values: [{ value: (user + system) / 1e6, labels: {} }],
      },
      gauge(
        'plimsoll_processes_ready',
        'Whether a process of the server is ready: 1 or 0.',
        processes.map((one) => [one.isReady ? 1 : 0, { name: one.name }]),
      ),
      {
        name: 'plimsoll_process_restarts_total',
        help: 'How often a process of the server was started again after it died.',
        type: 'counter',
        values: processes.map((one) => ({ value: one.restarts, labels: { name: one.name } })),
      },
    ],
  };
}

function gauge(
  name: string,
  help: string,
  samples: readonly (readonly [number, Readonly<Record<string, string>>])[],
): MetricFamily {
  return { name, help, type: 'gauge', values: samples.map(([value, labels]) => ({ value, labels })) };
}
