import { LIMITS, limitExceeded } from '#base/limits.ts';
import { emptyIsUnknown, Omissions } from '../omissions.ts';
import { parseStanzas, type Stanza } from '../stanzas.ts';
import { decodeText } from '../text.ts';

/** One package of the status database, its fields as written. */
export interface StatusEntry {
  readonly name: string;
  /** Empty when the stanza has none. */
  readonly version: string;
  readonly architecture?: string;
  /** `Source`: a name, perhaps with a version in parentheses. */
  readonly source?: string;
  readonly maintainer?: string;
  /** Of opkg; Debian's packages say it elsewhere. */
  readonly license?: string;
  /** `Depends` and `Pre-Depends`. */
  readonly depends: readonly string[];
  readonly provides: readonly string[];
}

export interface StatusDatabase {
  /** Packages whose files are on the disk. */
  readonly entries: readonly StatusEntry[];
  readonly unknowns: readonly string[];
}

const FIELDS: ReadonlySet<string> = new Set([
  'package',
  'status',
  'version',
  'architecture',
  'source',
  'maintainer',
  'license',
  'depends',
  'pre-depends',
  'provides',
]);

/** States of deb-status(5) in which no file of the package is there. Every other one, a half-installed package too, counts. */
const STATES_WITHOUT_FILES: ReadonlySet<string> = new Set(['not-installed', 'config-files']);

/** The stanzas of `/var/lib/dpkg/status`, or of one file of `status.d`, which have no `Status` (deb-status(5), deb822(5)). */
export function parseStatus(bytes: Uint8Array, object: string): StatusDatabase {
  const entries: StatusEntry[] = [];
  const omissions = new Omissions();
  for (const { line, fields, malformedLine } of parseStanzas(decodeText(bytes), FIELDS)) {
    if (malformedLine !== null) {
      omissions.add('expected a field or its continuation, found neither', malformedLine);
    }
    const name = fields.get('package')?.[0]?.text ?? '';
    if (name === '') {
      omissions.add('expected a stanza with a Package field, found one without', line);
    } else if (hasFiles(fields.get('status')?.[0]?.text)) {
      if (entries.length === LIMITS.packagesPerFile) {
        throw limitExceeded(object, LIMITS.packagesPerFile, 'packages');
      }
      entries.push(toEntry(name, fields));
    }
  }
  return { entries, unknowns: emptyIsUnknown(entries.length, omissions.reasons()) };
}

/**
 * `Status` holds three words: what is wanted, whether an error is pending, and the state. The state alone decides: a
 * package that is to be removed and has not been is still there.
 */
function hasFiles(status: string | undefined): boolean {
  const state = status?.split(' ').at(-1) ?? '';
  return !STATES_WITHOUT_FILES.has(state);
}

function toEntry(name: string, fields: Stanza['fields']): StatusEntry {
  const architecture = fields.get('architecture')?.[0]?.text ?? '';
  const source = fields.get('source')?.[0]?.text ?? '';
  const maintainer = fields.get('maintainer')?.[0]?.text ?? '';
  const license = fields.get('license')?.[0]?.text ?? '';
  return {
    name,
    version: fields.get('version')?.[0]?.text ?? '',
    ...(architecture === '' ? {} : { architecture }),
    ...(source === '' ? {} : { source }),
    ...(maintainer === '' ? {} : { maintainer }),
    ...(license === '' ? {} : { license }),
    depends: [...linesOf(fields, 'depends'), ...linesOf(fields, 'pre-depends')],
    provides: linesOf(fields, 'provides'),
  };
}

/** dpkg writes one line; in `status.d` stands what the author of the package wrote. */
function linesOf(fields: Stanza['fields'], name: string): readonly string[] {
  const value = fields.get(name)?.[0];
  return value === undefined ? [] : [value.text, ...value.folded];
}
