import { monitorEventLoopDelay } from 'node:perf_hooks';
import { BUCKETS, METRICS, type MetricEntry, type MetricName } from './catalogue.ts';
import type { MetricFamily, MetricSample, ProcessMetrics } from './process-metrics.ts';

type Labels = Readonly<Record<string, string>>;

/** Counts and measures in one process. */
export interface Meter {
  /** Of a counter. */
  add(name: MetricName, labels: Labels, by?: number): void;
  /** Of a histogram. */
  observe(name: MetricName, labels: Labels, seconds: number): void;
  /** Of a gauge. */
  set(name: MetricName, labels: Labels, value: number): void;
  /** Is asked for gauges whenever somebody reads the metrics. */
  onCollect(look: () => Promise<void>): void;
  collect(): Promise<ProcessMetrics>;
}

/** Past so many combinations of labels a metric takes no more: a label that clients can choose must not fill the memory. */
const MAX_SERIES = 2000;
const DELAY_RESOLUTION_MS = 20;

interface Series {
  readonly labels: Labels;
  value: number;
  /** Of a histogram: how many in each bucket, the last one for what is beyond. */
  readonly counts: number[];
}

/** With what Node says of the process. prom-client takes 18 MB in every process that loads it, for what these hundred lines do. */
export function createMeter(process: string): Meter {
  const series = new Map<MetricName, Map<string, Series>>(METRICS.map(({ name }) => [name, new Map()]));
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  const looks: (() => Promise<void>)[] = [];
  const of = (name: MetricName, labels: Labels): Series | null => {
    const known = series.get(name) ?? new Map<string, Series>();
    const key = Object.values(labels).join('\0');
    const one = known.get(key);
    if (one !== undefined || known.size >= MAX_SERIES) {
      return one ?? null;
    }
    const made = { labels, value: 0, counts: [] };
    known.set(key, made);
    return made;
  };
  return {
    add: (name, labels, by = 1) => {
      const one = of(name, labels);
      if (one !== null) {
        one.value += by;
      }
    },
    observe: (name, labels, seconds) => {
      const one = of(name, labels);
      if (one !== null) {
        one.value += seconds;
        const at = bucketOf(seconds);
        one.counts[at] = (one.counts[at] ?? 0) + 1;
      }
    },
    set: (name, labels, value) => {
      const one = of(name, labels);
      if (one !== null) {
        one.value = value;
      }
    },
    onCollect: (look) => {
      looks.push(look);
    },
    collect: async () => {
      await Promise.all(looks.map(async (look) => await look()));
      const own = METRICS.map((entry) => familyOf(entry, [...(series.get(entry.name)?.values() ?? [])]));
      const late = delay.percentile(99) / 1e9;
      delay.reset();
      return { process, families: [...processFamilies(late), ...own.filter(({ values }) => values.length > 0)] };
    },
  };
}

/** What every process of the server says of itself. */
export function processFamilies(eventLoopDelay: number | null): readonly MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const family = (name: string, type: MetricFamily['type'], help: string, value: number): MetricFamily => ({
    name,
    type,
    help,
    values: [{ value, labels: {} }],
  });
  return [
    family('process_cpu_seconds_total', 'counter', 'CPU time of user and system.', (user + system) / 1e6),
    family('process_resident_memory_bytes', 'gauge', 'Memory that is resident.', rss),
    family('process_start_time_seconds', 'gauge', 'When it was started.', performance.timeOrigin / 1000),
    family('nodejs_heap_used_bytes', 'gauge', 'Memory of JavaScript objects.', heapUsed),
    family('nodejs_external_memory_bytes', 'gauge', 'Memory of buffers and other things outside the heap.', external),
    ...(eventLoopDelay === null
      ? []
      : [
          family(
            'nodejs_eventloop_delay_p99_seconds',
            'gauge',
            'How late the event loop was since the metrics were last read, 99th percentile.',
            eventLoopDelay,
          ),
        ]),
  ];
}

function bucketOf(seconds: number): number {
  const at = BUCKETS.findIndex((bound) => seconds <= bound);
  return at === -1 ? BUCKETS.length : at;
}

function familyOf({ name, type, help }: MetricEntry, series: readonly Series[]): MetricFamily {
  const values =
    type === 'histogram'
      ? series.flatMap((one) => histogramSamples(name, one))
      : series.map(({ value, labels }) => ({ value, labels }));
  return { name, type, help, values };
}

/** Buckets hold all that is below their bound. */
function histogramSamples(name: string, { labels, value, counts }: Series): readonly MetricSample[] {
  let total = 0;
  const buckets = [...BUCKETS, null].map((bound, at) => {
    total += counts[at] ?? 0;
    return {
      value: total,
      labels: { ...labels, le: bound === null ? '+Inf' : String(bound) },
      metricName: `${name}_bucket`,
    };
  });
  return [
    ...buckets,
    { value, labels, metricName: `${name}_sum` },
    { value: total, labels, metricName: `${name}_count` },
  ];
}
