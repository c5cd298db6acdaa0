import { SEVERITIES, type Severity } from '#model/advisory.ts';
import { opaqueOf } from '../../../type.ts';
import type { CelValue } from '../../../value.ts';
import type { Ordered } from '../../ordered.ts';

/** How bad a finding is, with an order: the type of `findings[].severity` and of `severity('high')`. */
export const SEVERITY = opaqueOf('severity');

export class SeverityValue implements Ordered {
  readonly kind = 'opaque';
  readonly type = SEVERITY;
  readonly severity: Severity;

  constructor(severity: Severity) {
    this.severity = severity;
  }

  equals(other: CelValue): boolean {
    return other instanceof SeverityValue && other.severity === this.severity;
  }

  /** An unknown one is above all: what nobody has rated cannot be shown to be below a line. */
  compareTo(other: CelValue): number {
    return other instanceof SeverityValue ? rank(this.severity) - rank(other.severity) : 0;
  }

  show(): string {
    return this.severity;
  }
}

function rank(severity: Severity): number {
  return severity === 'unknown' ? SEVERITIES.length : -SEVERITIES.indexOf(severity);
}

const VALUES: ReadonlyMap<string, SeverityValue> = new Map(
  SEVERITIES.map((severity) => [severity, new SeverityValue(severity)]),
);

/** One object for each severity; undefined for a text that is none. */
export function severityValue(text: string): SeverityValue | undefined {
  return VALUES.get(text);
}
