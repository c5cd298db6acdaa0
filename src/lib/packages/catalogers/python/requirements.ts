/** More than any distribution has. */
const MOST = 10_000;

/**
 * The names of what a distribution depends on, as written (PEP 508: `name[extra] (>=1) ; marker`). What only an extra asks
 * for is left out. Other markers are not evaluated: whether they held is told by what is installed.
 */
export function namesRequired(requirements: readonly string[]): readonly string[] {
  return requirements.slice(0, MOST).flatMap((requirement) => {
    const [name = ''] = /^[A-Za-z0-9._-]*/.exec(requirement) ?? [];
    const marker = requirement.indexOf(';');
    return name === '' || (marker !== -1 && asksForExtra(requirement.slice(marker + 1))) ? [] : [name];
  });
}

/** `extra == "test"`, among other conditions or alone. */
function asksForExtra(marker: string): boolean {
  return marker.split(/[^A-Za-z_]+/).includes('extra');
}

/** Of `requires.txt` as setuptools writes it: sections of extras are left out, those of markers alone (`[:python_version < "3"]`) are not. */
export function* requirementsOf(lines: Iterable<string>): Generator<string> {
  let counts = true;
  for (const line of lines) {
    if (line.startsWith('[')) {
      counts = line.startsWith('[:');
    } else if (counts) {
      yield line.trim();
    }
  }
}
