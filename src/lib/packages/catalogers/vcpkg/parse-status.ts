import { LIMITS, limitExceeded } from '#base/limits.ts';
import { beforeAny, partsOf } from '../../capability-names.ts';
import { Omissions } from '../../omissions.ts';
import { parseStanzas, valueOf } from '../../stanzas.ts';
import { decodeText } from '../../text.ts';

/** A port that is built and installed for one triplet. */
export interface InstalledPort {
  readonly name: string;
  /** Empty when the stanza has none. */
  readonly version: string;
  /** Empty for 0; before vcpkg knew the field, it stood behind a dash in the version. */
  readonly portVersion: string;
  readonly triplet: string;
  /** `NAME:TRIPLET` of what it and its features need. */
  readonly depends: readonly string[];
}

const FIELDS: ReadonlySet<string> = new Set([
  'package',
  'version',
  'port-version',
  'architecture',
  'depends',
  'feature',
  'status',
]);

interface OpenPort {
  version: string;
  portVersion: string;
  isInstalled: boolean;
  readonly name: string;
  readonly triplet: string;
  readonly depends: string[];
}

/**
 * The stanzas of `vcpkg/status`, or of a file of `vcpkg/updates`, which vcpkg folds into it when it is run again. The last stanza of a port
 * says whether it is there; one with a `Feature` adds to what it needs.
 */
export function parseVcpkgStatus(
  bytes: Uint8Array,
  object: string,
): { readonly ports: readonly InstalledPort[]; readonly unknowns: readonly string[] } {
  const ports = new Map<string, OpenPort>();
  const omissions = new Omissions();
  for (const stanza of parseStanzas(decodeText(bytes), FIELDS)) {
    const { line, fields, malformedLine } = stanza;
    const name = valueOf(stanza, 'package');
    const triplet = valueOf(stanza, 'architecture');
    const status = valueOf(stanza, 'status');
    if (malformedLine !== null) {
      omissions.add('expected a field or its continuation, found neither', malformedLine);
    }
    if (name === '' || triplet === '' || status === '') {
      omissions.add('expected a stanza with Package, Architecture and Status, found one without', line);
      continue;
    }
    const port = portOf(ports, name, triplet, object);
    const isInstalled = status.endsWith(' installed');
    if (!fields.has('feature')) {
      port.isInstalled = isInstalled;
      port.version = valueOf(stanza, 'version');
      port.portVersion = valueOf(stanza, 'port-version');
      port.depends.length = 0;
    }
    if (isInstalled) {
      addNeeds(port, valueOf(stanza, 'depends'));
    }
  }
  return { ports: [...ports.values()].filter((port) => port.isInstalled), unknowns: omissions.reasons() };
}

function portOf(ports: Map<string, OpenPort>, name: string, triplet: string, object: string): OpenPort {
  const key = `${name}:${triplet}`;
  const known = ports.get(key);
  if (known !== undefined) {
    return known;
  }
  if (ports.size === LIMITS.packagesPerFile) {
    throw limitExceeded(object, LIMITS.packagesPerFile, 'packages');
  }
  const port = { name, triplet, version: '', portVersion: '', isInstalled: false, depends: [] };
  ports.set(key, port);
  return port;
}

/** `zlib, curl[ssl], vcpkg-cmake:x64-linux`: of the port's own triplet where none is named. */
function addNeeds(port: OpenPort, depends: string): void {
  for (const part of partsOf(depends, ',')) {
    const text = part.trim();
    const colon = text.lastIndexOf(':');
    const triplet = colon === -1 ? port.triplet : text.slice(colon + 1);
    port.depends.push(`${beforeAny(text, '[: (')}:${triplet}`);
  }
}
