import { fileNameOf } from '../../paths.ts';
import type { ModuleList } from './parse-modules.ts';
import { isPseudoVersion } from './pseudo-version.ts';

/** A version of three numbers, with or without `v`. */
const VERSION = /^v?[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(?:[-+][0-9A-Za-z.+-]{1,128})?$/;
/** As `git describe` writes what comes after a release: `1.2.3-4-g0123abc`. */
const AFTER_RELEASE = /-[0-9]{1,9}-g[0-9a-f]{4,40}(?:-[a-z]{1,16})?$/;

/** What the packages of a module are called whose variable `version` is that of its program: nobody links another value into them. */
const PACKAGES: ReadonlySet<string> = new Set(['build', 'buildinfo', 'cmd', 'common', 'version']);

/**
 * The version that the build put into the main module's own variable with `-ldflags -X`, with its `v`: `main.version`, or
 * `version` in one of these packages of that module. Null where there is none, where two of them differ, where it is no
 * version of a release, or where its major version is not the one in the module's path.
 */
export function linkedVersion(modules: ModuleList): string | null {
  const path = modules.main?.path;
  const arguments_ = path === undefined ? null : splitArguments(unquote(modules.linkerFlags));
  if (path === undefined || arguments_ === null) {
    return null;
  }
  const values = new Set(
    definitions(arguments_).flatMap(({ variable, value }) => (isVersionOf(path, variable) ? [withV(value)] : [])),
  );
  const [version = '', ...others] = values;
  if (others.length > 0 || !isRelease(version)) {
    return null;
  }
  // What a build has before anybody gives it a version.
  return version.startsWith('v0.0.0') || !fitsPath(path, version) ? null : version;
}

function withV(value: string): string {
  return value.startsWith('v') ? value : `v${value}`;
}

/** Not what is made of the commit that was built, where that is none that has a version. */
function isRelease(value: string): boolean {
  const isOfCommit = isPseudoVersion(value) || AFTER_RELEASE.test(value) || value.endsWith('-dirty');
  return VERSION.test(value) && !isOfCommit;
}

interface Definition {
  /** Of which package and by what name: `main.version`. */
  readonly variable: string;
  readonly value: string;
}

/** Of `-X` the linker takes the next argument, or what is behind `=`. */
function definitions(arguments_: readonly string[]): readonly Definition[] {
  return arguments_.flatMap((argument, index) => {
    const flag = argument.startsWith('--') ? argument.slice(1) : argument;
    const text = flag === '-X' ? (arguments_[index + 1] ?? '') : flag.startsWith('-X=') ? flag.slice(3) : '';
    const equals = text.indexOf('=');
    return equals === -1 ? [] : [{ variable: text.slice(0, equals), value: text.slice(equals + 1) }];
  });
}

function isVersionOf(path: string, variable: string): boolean {
  const dot = variable.lastIndexOf('.');
  const owner = variable.slice(0, Math.max(dot, 0));
  const isOwn = owner === 'main' || (owner.startsWith(`${path}/`) && PACKAGES.has(fileNameOf(owner)));
  return isOwn && variable.slice(dot + 1).toLowerCase() === 'version';
}

/** `example.com/a/v2` has versions 2.x only. */
function fitsPath(path: string, version: string): boolean {
  const suffix = fileNameOf(path);
  return !/^v[0-9]{1,9}$/.test(suffix) || version.startsWith(`${suffix}.`);
}

/** Go quotes a value with a blank or a quote in it. Null for one with other escapes than those of quotes. */
function unquote(value: string): string | null {
  if (!value.startsWith('"')) {
    return value;
  }
  const inner = value.slice(1, -1);
  const plain = inner.replaceAll('\\\\', '').replaceAll('\\"', '');
  return value.length < 2 || !value.endsWith('"') || plain.includes('\\')
    ? null
    : inner.replaceAll('\\"', '"').replaceAll('\\\\', '\\');
}

/** As the go command splits flags: at blanks, and quotes count at the start of an argument only. Null for a quote that does not end. */
function splitArguments(flags: string | null): readonly string[] | null {
  const parts: string[] = [];
  const text = flags ?? '';
  let at = 0;
  while (at < text.length) {
    const first = text.charAt(at);
    if (first === ' ' || first === '\t' || first === '\n' || first === '\r') {
      at += 1;
      continue;
    }
    const isQuoted = first === '"' || first === "'";
    const start = isQuoted ? at + 1 : at;
    const end = isQuoted ? text.indexOf(first, start) : endOfWord(text, start);
    if (end === -1) {
      return null;
    }
    parts.push(text.slice(start, end));
    at = end + 1;
  }
  return parts;
}

function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !' \t\n\r'.includes(text.charAt(at))) {
    at += 1;
  }
  return at;
}
