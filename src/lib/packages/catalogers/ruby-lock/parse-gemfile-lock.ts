import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, type Need, notA } from '../../declared-packages.ts';
import { decodeText, linesOf } from '../../text.ts';

/** Sections that list gems; those of `PATH` are folders of the project itself. */
const SOURCES: ReadonlySet<string> = new Set(['GEM', 'GIT', 'PLUGIN SOURCE']);

interface Gem {
  readonly name: string;
  readonly version: string;
  readonly platform: string;
  readonly needs: Need[];
}

/**
 * A lock file of Bundler: in each source, below `specs:`, a gem with four blanks before it and what it needs with six. A version
 * has no dash, so that what follows one is the platform (Bundler's `LockfileParser`).
 */
export function parseGemfileLock(bytes: Uint8Array, object: string): Found {
  const packages = new DeclaredPackages('gem', object);
  let hasSection = false;
  let isSource = false;
  let gem: Gem | null = null;
  const finish = (): void => {
    if (gem !== null) {
      const { platform, ...rest } = gem;
      packages.add({ ...rest, ...(platform === '' ? {} : { architecture: platform }) });
    }
    gem = null;
  };
  for (const line of linesOf(decodeText(bytes))) {
    const blanks = leadingBlanks(line);
    if (blanks === 0 && line !== '') {
      finish();
      isSource = SOURCES.has(line);
      hasSection ||= isSource || line === 'DEPENDENCIES' || line === 'PATH';
    } else if (isSource && blanks === 4) {
      finish();
      gem = parseGem(line.slice(4));
      if (gem === null) {
        packages.passOver('without a version', line.slice(4));
      }
    } else if (isSource && blanks === 6) {
      gem?.needs.push({ name: wordOf(line.slice(6)) });
    }
  }
  finish();
  if (!hasSection) {
    throw notA(object, 'a section of Bundler', 'none');
  }
  return packages.found();
}

/** `name (1.0)`, `name (1.0-x86_64-linux)`. */
function parseGem(text: string): Gem | null {
  const name = wordOf(text);
  const rest = text.slice(name.length);
  if (!rest.startsWith(' (') || !rest.endsWith(')')) {
    return null;
  }
  const full = rest.slice(2, -1);
  const dash = full.indexOf('-');
  const version = dash === -1 ? full : full.slice(0, dash);
  return version === '' ? null : { name, version, platform: dash === -1 ? '' : full.slice(dash + 1), needs: [] };
}

/** Up to the first blank, without the mark of a gem that comes from a source of its own. */
function wordOf(text: string): string {
  const blank = text.indexOf(' ');
  const word = blank === -1 ? text : text.slice(0, blank);
  return word.endsWith('!') ? word.slice(0, -1) : word;
}

function leadingBlanks(line: string): number {
  let count = 0;
  while (line.charAt(count) === ' ') {
    count += 1;
  }
  return count;
}
