/** One figure with what it must not pass. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Null when it is only told. */
  readonly limit: number | null;
  readonly unit: 'ratio' | 'MB' | 's' | 'ms';
  /** How it came about, for a reader. */
  readonly note?: string;
}

export function withinLimit({ value, limit }: Figure): boolean {
  return limit === null || value <= limit;
}

/** `name  0.60 (limit 0.55: PAST)  note`. */
export function figureLine(figure: Figure, judged: boolean): string {
  const { name, value, limit, unit, note } = figure;
  const amount = (of: number): string =>
    unit === 'ratio' ? of.toFixed(2) : `${of.toFixed(unit === 'MB' ? 0 : unit === 's' ? 3 : 2)} ${unit}`;
  const verdict = withinLimit(figure) ? 'ok' : 'PAST IT';
  const bound =
    limit === null ? '' : judged ? `limit ${amount(limit)}: ${verdict}` : `limit ${amount(limit)}: not judged`;
  return `${name.padEnd(44)} ${amount(value).padStart(9)}  ${bound.padEnd(26)} ${note ?? ''}`.trimEnd();
}
