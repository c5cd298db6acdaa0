/** What the place of a distribution says of the Python that it is for. */
export interface Surroundings {
  /** `[3, 11]`, or `[3]` where that is all, or nothing. */
  readonly python: readonly number[];
  /** Null where the place says neither. */
  readonly isWindows: boolean | null;
}

/** Python keeps distributions in `lib/python3.11/site-packages`, Debian's in `lib/python3/dist-packages`, that of Windows in `Lib\site-packages`. */
export function surroundingsOf(path: string): Surroundings {
  const folders = path.split('/');
  const packages = folders.findLastIndex((name) => name === 'site-packages' || name === 'dist-packages');
  const place = folders[packages - 1] ?? '';
  const [, version] = /^(?:python|pypy)([0-9]{1,3}(?:\.[0-9]{1,3})?)$/.exec(place) ?? [];
  const isOfPosix = version !== undefined && /^lib(?:64)?$/.test(folders[packages - 2] ?? '');
  return {
    python: isOfPosix ? version.split('.').map(Number) : [],
    isWindows: isOfPosix ? false : packages !== -1 && place === 'Lib' ? true : null,
  };
}
