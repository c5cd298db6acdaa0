import { PackagesError } from '../../error.ts';
import { parseElf } from '../../executables/elf.ts';
import { sectionContent } from '../../executables/executable.ts';

/** What a module says about itself (`MODULE_VERSION` and the like), as `modinfo` lists it. */
export interface ModuleInfo {
  /** Null before Linux 4.16. */
  readonly name: string | null;
  readonly version: string | null;
  readonly licenses: readonly string[];
  /** Names of the modules that it needs. */
  readonly depends: readonly string[];
  /** The release of the kernel that it was built for; null when it does not say. */
  readonly kernelRelease: string | null;
  /** Built from the kernel's own sources. */
  readonly isInTree: boolean;
}

/** Longer values are for people. */
const VALUE_LENGTH = 16_384;
const LICENSES = 16;

/** Throws `ELF_INVALID`, or `PACKAGE_METADATA_INVALID` for an object file that is no module. */
export function parseModinfo(bytes: Uint8Array, object: string): ModuleInfo {
  const section = sectionContent(parseElf(bytes, object), '.modinfo', object);
  if (section === null) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'not a kernel module', {
      object,
      expected: 'a section .modinfo',
      found: 'none',
    });
  }
  const values = new Map<string, string>();
  const licenses = new Set<string>();
  for (const [key, value] of entriesOf(Buffer.from(section.buffer, section.byteOffset, section.byteLength))) {
    if (key === 'license' && value !== '' && licenses.size < LICENSES) {
      licenses.add(value);
    } else if (!values.has(key)) {
      values.set(key, value);
    }
  }
  const release = values.get('vermagic')?.split(' ', 1)[0] ?? '';
  return {
    name: values.get('name') ?? null,
    version: values.get('version') ?? null,
    licenses: [...licenses],
    depends: (values.get('depends') ?? '').split(',').filter((name) => name !== ''),
    kernelRelease: release === '' ? null : release,
    isInTree: values.has('intree'),
  };
}

const KEYS: ReadonlySet<string> = new Set(['name', 'version', 'license', 'depends', 'vermagic', 'intree']);

/** `KEY=VALUE`, each with a NUL behind it. */
function* entriesOf(section: Buffer): Generator<readonly [key: string, value: string]> {
  for (let start = 0; start < section.length; ) {
    const nul = section.indexOf(0, start);
    const end = nul === -1 ? section.length : nul;
    const text = section.toString('utf8', start, Math.min(end, start + VALUE_LENGTH));
    const equals = text.indexOf('=');
    if (equals !== -1 && KEYS.has(text.slice(0, equals))) {
      yield [text.slice(0, equals), text.slice(equals + 1)];
    }
    start = end + 1;
  }
}
