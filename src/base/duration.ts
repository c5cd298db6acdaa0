const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90m`, `12h`, `30d`: minutes, hours or days, at least one. */
export function isDuration(text: string): boolean {
  return /^[1-9][0-9]{0,5}[mhd]$/.test(text);
}

/** Milliseconds of a text that `isDuration`. */
export function toMilliseconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (UNITS[duration.slice(-1)] ?? 0);
}
