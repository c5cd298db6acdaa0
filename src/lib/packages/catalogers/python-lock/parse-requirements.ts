import type { Found } from '#model/analyser.ts';
import { DeclaredPackages } from '../../declared-packages.ts';
import { decodeText, linesOf } from '../../text.ts';
import { normalizeName } from '../python/name.ts';
import { normalizeVersion } from '../python/version.ts';
import { nameOfRequirement } from './requirement.ts';

/**
 * A requirements file of pip: what is asked for with `==` and a whole version. Options are passed over, hashes among them, and
 * so are the files that `-r` names: they are read by themselves where they are called requirements.
 */
export function parseRequirements(bytes: Uint8Array, object: string): Found {
  const packages = new DeclaredPackages('pypi', object);
  for (const line of logicalLines(decodeText(bytes))) {
    if (line !== '' && !line.startsWith('-')) {
      const name = nameOfRequirement(line);
      const version = exactVersion(line.slice(name.length));
      if (isLocal(line)) {
        continue;
      }
      if (name === '' || version === null) {
        packages.passOver('without an exact version', line);
      } else {
        packages.add({ name: normalizeName(name), version: normalizeVersion(version) });
      }
    }
  }
  return packages.found();
}

/** Without comments; a backslash at the end of a line continues it. */
function* logicalLines(text: string): Generator<string, void> {
  let parts: string[] = [];
  for (const line of linesOf(text)) {
    const kept = withoutComment(line);
    const goesOn = kept.endsWith('\\');
    parts.push(goesOn ? kept.slice(0, -1) : kept);
    if (!goesOn) {
      yield parts.join('').trim();
      parts = [];
    }
  }
  yield parts.join('').trim();
}

/** From a `#` at the start or behind a blank. */
function withoutComment(line: string): string {
  if (line.trimStart().startsWith('#')) {
    return '';
  }
  const at = [line.indexOf(' #'), line.indexOf('\t#')].filter((place) => place !== -1);
  return at.length === 0 ? line : line.slice(0, Math.min(...at));
}

/** A path: a folder or archive of the project's own. */
function isLocal(line: string): boolean {
  return line.startsWith('./') || line.startsWith('../') || line.startsWith('/') || line === '.';
}

/** Of `[extra] ==1.0, >=0.9 ; marker --hash=…` the version that the clause with `==` names; a pattern is none. */
function exactVersion(rest: string): string | null {
  const [specifiers = ''] = withoutExtras(rest).split(/;| --/, 1);
  for (const clause of withoutParentheses(specifiers.trim()).split(',', 64)) {
    const text = clause.trim();
    if (text.startsWith('==')) {
      const version = text.slice(text.startsWith('===') ? 3 : 2).trim();
      return version === '' || version.endsWith('*') ? null : version;
    }
  }
  return null;
}

function withoutParentheses(text: string): string {
  return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
}

function withoutExtras(rest: string): string {
  const text = rest.trimStart();
  return text.startsWith('[') ? text.slice(text.indexOf(']') + 1) : text;
}
