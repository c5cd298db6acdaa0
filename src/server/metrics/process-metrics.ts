/** What one process measured, as it is sent to the one that is asked for metrics. */
export interface ProcessMetrics {
  /** `front`, `worker`. */
  readonly process: string;
  readonly families: readonly MetricFamily[];
}

/** All samples of a name, in the shape of prom-client's JSON. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly MetricSample[];
}

export interface MetricSample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Of a histogram: `NAME_bucket`, `NAME_sum`, `NAME_count`. */
  readonly metricName?: string;
}
