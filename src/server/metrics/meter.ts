import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { BUCKETS, METRICS, type MetricName } from './catalogue.ts';
import type { MetricFamily, ProcessMetrics } from './process-metrics.ts';

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

/** With what Node says of the process. */
export function createMeter(process: string): Meter {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const { name, help, type, labels } of METRICS) {
    const definition = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') {
      counters.set(name, new Counter(definition));
    } else if (type === 'gauge') {
      gauges.set(name, new Gauge(definition));
    } else {
      histograms.set(name, new Histogram({ ...definition, buckets: [...BUCKETS] }));
    }
  }
  const looks: (() => Promise<void>)[] = [];
  return {
    add: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    observe: (name, labels, seconds) => histograms.get(name)?.observe(labels, seconds),
    set: (name, labels, value) => gauges.get(name)?.set(labels, value),
    onCollect: (look) => {
      looks.push(look);
    },
    collect: async () => {
      await Promise.all(looks.map(async (look) => await look()));
      const families = (await registry.getMetricsAsJSON()) as unknown as readonly MetricFamily[];
      return { process, families: families.filter(isUsed) };
    },
  };
}

/** A metric without labels has a sample from the start, in every process: those that count something elsewhere say nothing here. */
function isUsed({ name, type, values }: MetricFamily): boolean {
  const own = name.startsWith('plimsoll_');
  return values.length > 0 && !(own && type === 'gauge' && values.every(({ value }) => value === 0));
}
