import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { hasName, isBroughtAlong } from '../../declared-packages.ts';
import { parsePdmLock, parsePoetryLock, parsePylock, parseUvLock } from './parse-locks.ts';
import { parsePipfileLock } from './parse-pipfile-lock.ts';
import { parseRequirements } from './parse-requirements.ts';

const READERS: readonly (readonly [name: string, read: (bytes: Uint8Array, object: string) => Found])[] = [
  ['poetry.lock', parsePoetryLock],
  ['uv.lock', parseUvLock],
  ['pdm.lock', parsePdmLock],
  ['Pipfile.lock', parsePipfileLock],
];
const NAMES = READERS.map(([name]) => name);

export const pythonLock: Cataloger = {
  id: 'python-lock',
  version: 2,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Python lock files and requirements',
    reads: [
      '**/poetry.lock',
      '**/uv.lock',
      '**/pdm.lock',
      '**/pylock.toml',
      '**/pylock.*.toml',
      '**/Pipfile.lock',
      '**/*requirements*.txt',
    ],
    packageTypes: ['pypi'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: [
      'https://packaging.python.org/en/latest/specifications/pylock-toml/',
      'https://packaging.python.org/en/latest/specifications/dependency-specifiers/',
      'https://pip.pypa.io/en/stable/reference/requirements-file-format/',
      'https://docs.astral.sh/uv/concepts/projects/layout/',
      'https://python-poetry.org/docs/basic-usage/',
    ],
  },
  endings: [...NAMES, '.toml', '.txt'],
  wants: ({ path }) => (hasName(path, NAMES) || isPylock(path) || isRequirements(path)) && !isBroughtAlong(path),
  read,
};

function read({ bytes, path }: AnalysedFile): Found {
  const reader = READERS.find(([name]) => hasName(path, [name]))?.[1];
  if (reader !== undefined) {
    return reader(bytes, path);
  }
  return isPylock(path) ? parsePylock(bytes, path) : parseRequirements(bytes, path);
}

/** `pylock.toml`, or `pylock.NAME.toml` with one word as name (Specification of pylock.toml, "File Name"). */
function isPylock(path: string): boolean {
  const base = path.lastIndexOf('/') + 1;
  return (
    path.endsWith('.toml') &&
    path.startsWith('pylock.', base) &&
    (path.length - base === 'pylock.toml'.length || path.indexOf('.', base + 'pylock.'.length) === path.length - 5)
  );
}

function isRequirements(path: string): boolean {
  return path.endsWith('.txt') && path.lastIndexOf('requirements') > path.lastIndexOf('/');
}
