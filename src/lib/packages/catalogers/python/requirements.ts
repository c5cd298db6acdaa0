import { markerHolds } from './markers.ts';
import type { Surroundings } from './surroundings.ts';

/** More than any distribution has. */
const MOST = 10_000;

/**
 * The names of what a distribution depends on, as written (PEP 508: `name[extra] (>=1) ; marker`). What only an extra asks for is left out,
 * and so is what certainly was not asked for at this place. Where that cannot be told, what is installed tells it.
 */
export function namesRequired(requirements: readonly string[], surroundings: Surroundings): readonly string[] {
  return requirements.slice(0, MOST).flatMap((requirement) => {
    const [name = ''] = /^[A-Za-z0-9._-]*/.exec(requirement) ?? [];
    return name === '' || !mayBeAsked(requirement, surroundings) ? [] : [name];
  });
}

function mayBeAsked(requirement: string, surroundings: Surroundings): boolean {
  const semicolon = requirement.indexOf(';');
  if (semicolon === -1) {
    return true;
  }
  const marker = requirement.slice(semicolon + 1);
  return markerHolds(marker, surroundings) ?? !asksForExtra(marker);
}

/** `extra == "test"`, among other conditions or alone. */
function asksForExtra(marker: string): boolean {
  return marker.split(/[^A-Za-z_]+/).includes('extra');
}

/** Of `requires.txt` as setuptools writes it: sections of extras are left out, those of markers alone (`[:python_version < "3"]`) are not. */
export function* requirementsOf(lines: Iterable<string>): Generator<string> {
  let marker: string | null = '';
  for (const line of lines) {
    if (line.startsWith('[')) {
      marker = line.startsWith('[:') ? `;${line.slice(2, line.lastIndexOf(']'))}` : null;
    } else if (marker !== null) {
      yield line.trim() + marker;
    }
  }
}
