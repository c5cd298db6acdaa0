import type { PackageRecord } from '#model/package.ts';
import { beforeAny, CapabilityNames, partsOf } from '../../capability-names.ts';
import { parseStanzas, type Stanza, valueOf } from '../../stanzas.ts';
import { decodeText } from '../../text.ts';

const NEEDS: readonly string[] = ['depends', 'imports', 'linkingto'];
const WANTED: ReadonlySet<string> = new Set(['package', 'version', 'license', 'built', ...NEEDS]);

/**
 * The package whose installation wrote this `DESCRIPTION`: only then it says with what it was `Built`, a package's source
 * does not. A reason for one that is not named; null for any other file. Throws `LIMIT_EXCEEDED`.
 */
export function readDescription(bytes: Uint8Array, object: string): PackageRecord | string | null {
  const [stanza] = parseStanzas(decodeText(bytes), WANTED);
  if (stanza === undefined || valueOf(stanza, 'built') === '') {
    return null;
  }
  const name = valueOf(stanza, 'package');
  const version = valueOf(stanza, 'version');
  if (!isName(name) || !isVersion(version)) {
    return 'expected the name and the version of an R package, found none that R would install';
  }
  const license = valueOf(stanza, 'license');
  return {
    type: 'cran',
    name,
    version,
    ...new CapabilityNames(object).of(name, needs(stanza), []),
    licenses: license === '' ? [] : [license],
  };
}

/** Dependencies on R itself are on no package. */
function* needs(stanza: Stanza): Generator<string, void> {
  for (const field of NEEDS) {
    for (const part of partsOf(valueOf(stanza, field), ',')) {
      const name = beforeAny(part, '(').trim();
      if (name !== 'R') {
        yield name;
      }
    }
  }
}

/** Letters, digits and dots ("Writing R Extensions", 1.1.1). */
function isName(text: string): boolean {
  return text.length <= 256 && /^[A-Za-z][A-Za-z0-9.]*$/.test(text);
}

/** Numbers between dots and dashes. */
function isVersion(text: string): boolean {
  return text.length <= 256 && /^[0-9][0-9.-]*$/.test(text);
}
