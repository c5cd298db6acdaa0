import { quote } from '#base/error.ts';
import { CelError } from '../../error.ts';

/** How far clocks are ahead of UTC at an instant. */
export interface Zone {
  /** Whether it never changes. */
  readonly fixed: boolean;
  /** Seconds, at so many seconds since 1970. */
  offsetAt(seconds: number): number;
}

export const UTC: Zone = { fixed: true, offsetAt: () => 0 };

const FIXED = /^([+-]?)(\d\d):(\d\d)$/;
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;
const MAX_NAME = 64;
const MAX_KNOWN = 64;

/** Formatters are dear to make and have no state: the next evaluation finds them here. */
const known = new Map<string, Zone>();

/** `UTC`, a name of the IANA database (`Europe/Berlin`), or hours and minutes (`+05:30`, `02:00`). Throws `CelError` for others. */
export function zoneOf(name: string): Zone {
  const before = known.get(name);
  if (before !== undefined) {
    return before;
  }
  const zone = name === 'UTC' ? UTC : (fixedZone(name) ?? namedZone(name));
  if (known.size >= MAX_KNOWN) {
    known.clear();
  }
  known.set(name, zone);
  return zone;
}

function fixedZone(name: string): Zone | null {
  const parts = name.length <= MAX_NAME ? FIXED.exec(name) : null;
  if (parts === null) {
    return null;
  }
  const seconds = secondsOf(parts[1], parts[2], parts[3], undefined);
  return { fixed: true, offsetAt: () => seconds };
}

function namedZone(name: string): Zone {
  const format = formatOf(name);
  const offsetAt = (seconds: number): number => {
    const text = format.format(seconds * 1000);
    const parts = OFFSET.exec(text);
    return secondsOf(parts?.[1], parts?.[2], parts?.[3], parts?.[4]);
  };
  return { fixed: false, offsetAt };
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    if (name.length <= MAX_NAME) {
      return new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset', year: 'numeric' });
    }
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
  }
  throw new CelError(`unknown time zone ${quote(name, MAX_NAME)}: UTC, Europe/Berlin or +05:30 were expected`);
}

function secondsOf(sign = '+', hours = '0', minutes = '0', seconds = '0'): number {
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -size : size;
}
