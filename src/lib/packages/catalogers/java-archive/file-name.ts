/** What the name of an archive says, which anybody may have given it. */
export interface FileNameParts {
  readonly artifact: string;
  /** Empty where the name has none. */
  readonly version: string;
}

/** Words that are part of a version although a number may follow them. */
const QUALIFIERS: ReadonlySet<string> = new Set(
  'alpha beta b build ga final m milestone p patch pre preview rc cr redhat release snapshot sp jre android'.split(' '),
);
/** What stands behind a version and says which of the files of that version it is. */
const CLASSIFIERS: readonly string[] = [
  'sources',
  'javadoc',
  'tests',
  'test-sources',
  'jar-with-dependencies',
  'all',
  'shaded',
  'linux',
  'osx',
  'windows',
  'natives',
  'noaop',
  'no_aop',
];
const VERSION = /^[0-9][A-Za-z0-9._+~-]*$/;

/**
 * Splits `artifact-version[-classifier]`, as Maven names files. Where the archive itself states a version (`hints`) with which the name
 * ends, that is it; else the version begins at the first dash before a digit behind which no word is followed by a further number
 * (`log4j-1.2-api-2.17.1`).
 */
export function splitFileName(stem: string, hints: readonly string[]): FileNameParts {
  const hint = hints.find((version) => VERSION.test(version) && stem.endsWith(`-${version}`));
  if (hint !== undefined && stem.length > hint.length + 1) {
    return { artifact: stem.slice(0, -hint.length - 1), version: hint };
  }
  for (let dash = stem.indexOf('-', 1); dash !== -1; dash = stem.indexOf('-', dash + 1)) {
    const rest = stem.slice(dash + 1);
    if (VERSION.test(rest) && isVersion(rest.split('-'))) {
      return { artifact: stem.slice(0, dash), version: withoutClassifier(rest) };
    }
  }
  return { artifact: stem, version: '' };
}

function isVersion(segments: readonly string[]): boolean {
  return segments.every((segment, index) => {
    const next = segments[index + 1];
    return next === undefined || isNumber(segment) || !isNumber(next) || QUALIFIERS.has(segment.toLowerCase());
  });
}

function isNumber(segment: string): boolean {
  return segment >= '0' && segment < ':';
}

function withoutClassifier(version: string): string {
  const cuts = CLASSIFIERS.map((classifier) => version.indexOf(`-${classifier}`)).filter((at) => at > 0);
  return cuts.length === 0 ? version : version.slice(0, Math.min(...cuts));
}
