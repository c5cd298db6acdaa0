/** The value of a base metric; every one of the version's metrics has one. */
export type BaseMetrics = (metric: string) => string;

const MAX_VECTOR = 512;

/**
 * The base metrics of a vector with this prefix. Null when the text is longer than any vector, when a part of it is no
 * metric with a value, when a metric is there twice, or when one of the base is missing or has a value of no base.
 */
export function readVector(prefix: string, base: ReadonlyMap<string, string>, vector: string): BaseMetrics | null {
  if (!vector.startsWith(prefix) || vector.length > MAX_VECTOR) {
    return null;
  }
  const found = new Map<string, string>();
  for (const part of vector.slice(prefix.length).split('/')) {
    const [metric = '', value = '', ...rest] = part.split(':');
    if (metric === '' || value === '' || rest.length > 0 || found.has(metric)) {
      return null;
    }
    found.set(metric, value);
  }
  for (const [metric, values] of base) {
    const value = found.get(metric) ?? '';
    if (value.length !== 1 || !values.includes(value)) {
      return null;
    }
  }
  return (metric) => found.get(metric) ?? '';
}

/** A table of what values weigh. */
export type Weights = Readonly<Record<string, number>>;

/** What a value weighs; every value that `readVector` lets through has a weight. */
export function weigh(weights: Weights, value: string): number {
  return weights[value] ?? 0;
}
