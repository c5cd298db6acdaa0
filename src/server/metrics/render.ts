import type { MetricFamily, MetricSample, ProcessMetrics } from './process-metrics.ts';

/** The media type of what `renderMetrics` makes. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What all processes measured, in the text format of Prometheus: families once, samples with their process. */
export function renderMetrics(processes: readonly ProcessMetrics[]): string {
  const families = new Map<string, { readonly head: MetricFamily; readonly lines: string[] }>();
  for (const { process, families: measured } of processes) {
    for (const family of measured) {
      const known = families.get(family.name) ?? { head: family, lines: [] };
      families.set(family.name, known);
      known.lines.push(...family.values.filter(isNumber).map((sample) => lineOf(family.name, sample, process)));
    }
  }
  return [...families.values()]
    .toSorted((a, b) => (a.head.name < b.head.name ? -1 : 1))
    .map(({ head, lines }) =>
      [`# HELP ${head.name} ${escapeHelp(head.help)}`, `# TYPE ${head.name} ${head.type}`, ...lines, ''].join('\n'),
    )
    .join('\n');
}

/** What is no number became null on its way from another process. */
function isNumber({ value }: MetricSample): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function lineOf(family: string, { metricName, labels, value }: MetricSample, process: string): string {
  const pairs = Object.entries({ process, ...labels }).map(([name, text]) => `${name}="${escapeLabel(String(text))}"`);
  return `${metricName ?? family}{${pairs.join(',')}} ${value}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
