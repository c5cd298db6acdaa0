import { quote } from '#base/error.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import { isPhpArray, type PhpArray, type PhpValue } from './parse-serialized.ts';

/** Where packages come from whose description is of version 1, which knew no others. */
const FIRST_CHANNEL = 'pear.php.net';
/** The channel of packages that were installed from an address (PEAR_Registry). */
const ADDRESS_CHANNEL = '__uri';
const LENGTH = 256;

/**
 * A registered package, of a description of version 2.0 (`name`, `channel`) or 1.0 (`package`). Throws
 * `PACKAGE_METADATA_INVALID` without a usable name, and `LIMIT_EXCEEDED`.
 */
export function toPackageRecord(registered: PhpArray, object: string): PackageRecord {
  const isFirst = registered.has('package');
  const written = isFirst ? textOf(registered, 'package') : textOf(registered, 'name');
  const channel = isFirst ? FIRST_CHANNEL : channelOf(registered);
  if (!isName(written) || !isChannel(channel)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'registration of a package without a usable name', {
      object,
      expected: 'the name of a package and its channel',
      found: quote(`${channel}/${written}`),
    });
  }
  const name = `${channel}/${written}`;
  const requires = isFirst ? firstNeeds(registered) : needs(registered);
  return {
    type: 'pear',
    name,
    version: versionOf(registered.get('version')),
    ...new CapabilityNames(object).of(name, requires, []),
    licenses: [
      ...licensesOf(registered.get('license')),
      ...(registered.has('license') ? [] : licensesOf(registered.get('release_license'))),
    ],
  };
}

function channelOf(array: PhpArray): string {
  const channel = textOf(array, 'channel');
  return channel === '' && textOf(array, 'uri') !== '' ? ADDRESS_CHANNEL : channel;
}

/** `1.2.3`, or of version 2.0 the `release` beside the version of the interface. */
function versionOf(value: PhpValue | undefined): string {
  const version = isPhpArray(value) ? textOf(value, 'release') : typeof value === 'string' ? value.trim() : '';
  return version.length > LENGTH ? '' : version;
}

/** A text, one with the address of its text, or a list of either. */
function licensesOf(value: PhpValue | undefined): readonly string[] {
  return elementsOf(value, '_content')
    .map((item) => (typeof item === 'string' ? item : isPhpArray(item) ? textOf(item, '_content') : '').trim())
    .filter((text) => text !== '');
}

/** What is required; what is optional is not, and neither is what a package must not be installed with. */
function* needs(registered: PhpArray): Generator<string, void> {
  const required = childOf(childOf(registered, 'dependencies'), 'required');
  for (const kind of ['package', 'subpackage']) {
    for (const item of elementsOf(required?.get(kind), 'name')) {
      if (isPhpArray(item) && !item.has('conflicts')) {
        yield `${channelOf(item)}/${textOf(item, 'name')}`;
      }
    }
  }
}

/** Packages are of the type `pkg`, others are extensions and versions of PHP. */
function* firstNeeds(registered: PhpArray): Generator<string, void> {
  for (const item of elementsOf(registered.get('release_deps'), 'type')) {
    if (!isPhpArray(item) || textOf(item, 'type') !== 'pkg') {
      continue;
    }
    if (textOf(item, 'rel') !== 'not' && textOf(item, 'optional') !== 'yes') {
      yield `${FIRST_CHANNEL}/${textOf(item, 'name')}`;
    }
  }
}

/** An element that there is only one of stands where else a list of them is: then it has `member`. */
function elementsOf(value: PhpValue | undefined, member: string): readonly (PhpValue | undefined)[] {
  return isPhpArray(value) && !value.has(member) ? [...value.values()] : [value];
}

function childOf(array: PhpArray | null, key: string): PhpArray | null {
  const value = array?.get(key);
  return isPhpArray(value) ? value : null;
}

function textOf(array: PhpArray, key: string): string {
  const value = array.get(key);
  return typeof value === 'string' ? value.trim() : '';
}

function isName(text: string): boolean {
  return text.length <= LENGTH && /^[A-Za-z0-9_.+-]+$/.test(text);
}

/** A host, and the path of some. */
function isChannel(text: string): boolean {
  return text.length <= LENGTH && /^[A-Za-z0-9_.:/-]+$/.test(text);
}
