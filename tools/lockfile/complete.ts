/** What this needs to know of `package-lock.json`, version 3. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockEntry>>;
}
export interface LockEntry {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];

/**
 * The lockfile with an entry for every optional package. npm leaves out those that the registry at hand does not have, such as
 * the binaries of a tool for another system, and `npm ci` then refuses the lockfile everywhere. An added entry holds the version and
 * the system that the package's name tells, so that it is passed over on all other systems; it has no integrity.
 */
export function completed<Lock extends Lockfile>(lockfile: Lock): Lock {
  const added = new Map<string, LockEntry>();
  for (const [path, { optionalDependencies = {} }] of Object.entries(lockfile.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!resolves(lockfile, path, name, version)) {
        const beside = `${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}`;
        added.set(beside in lockfile.packages ? `${path}/node_modules/${name}` : beside, stub(name, version));
      }
    }
  }
  const all = [...Object.entries(lockfile.packages), ...added];
  return { ...lockfile, packages: Object.fromEntries(all.toSorted(([a], [b]) => a.localeCompare(b, 'en'))) };
}

/** Node's own search: inside the package, beside it, then upwards; the nearest counts, and has to be the version wanted. */
function resolves({ packages }: Lockfile, from: string, name: string, version: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const nearest = packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`];
    if (nearest !== undefined || folder === '') {
      // A version of its own is a binary for one system; of a range npm took what fits.
      return nearest !== undefined && (nearest.version === version || !/^\d/u.test(version));
    }
  }
}

function stub(name: string, version: string): LockEntry & Readonly<Record<string, unknown>> {
  const words = (name.split('/')[1] ?? name).split('-');
  const at = words.findIndex((word) => SYSTEMS.includes(word));
  const [system = '', processor = ''] = words.slice(at);
  if (at === -1 || processor === '') {
    throw new TypeError(`package-lock.json: expected a system and a processor in the name of ${name}`);
  }
  const musl = words.some((word) => word.startsWith('musl'));
  return { version, cpu: [processor], dev: true, ...(musl ? { libc: ['musl'] } : {}), optional: true, os: [system] };
}
