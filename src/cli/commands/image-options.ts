import { arch } from 'node:process';
import { quote } from '#base/error.ts';
import type { Severity } from '#model/advisory.ts';
import { SEVERITIES } from '#model/advisory.ts';
import type { FailLevel } from '#model/gate.ts';
import { FAIL_LEVELS } from '#model/gate.ts';
import type { Platform } from '#model/platform.ts';
import type { Command, OptionSpec, OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import { severityWord } from '../render/index.ts';

/** Options of every command that opens an image. */
export const IMAGE_OPTIONS = {
  isolate: {
    type: 'boolean',
    help: 'read layers in processes of their own, which have no network, cannot write files and get 1 GiB of memory at most',
  },
  files: {
    type: 'boolean',
    help: 'list programs and libraries with their SHA-256 too, in JSON and in SBOM documents',
  },
  'lock-files': {
    type: 'boolean',
    help: 'list what lock files and manifests declare too, installed or not; done in folders without being asked',
  },
  'no-lock-files': {
    type: 'boolean',
    help: 'only what is installed, in folders too',
  },
  offline: {
    type: 'boolean',
    help: 'no network: only what earlier runs have kept; from registries, images by their digest',
  },
  platform: {
    type: 'string',
    value: 'OS/ARCH[/VARIANT]|all',
    help: "which image of an index (default: this machine's)",
  },
  'allow-unverified': {
    type: 'string',
    value: 'REASON',
    help: 'read on when a blob is missing or is not what its digest says; each becomes an unknown, and the report keeps the reason',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Images that signatures can hang on. */
export const EVIDENCE_FORMS: NonNullable<Command['forms']> = [
  ['NAME[:TAG][@DIGEST]', 'in a registry; a name without a host is on Docker Hub'],
  ['oci:DIR[:TAG|@DIGEST]', 'a folder in the OCI image layout'],
  ['oci-archive:FILE[:TAG|@DIGEST]', 'a tar of one'],
];

/** `--output` for a command that writes these formats. */
export function outputOption(formats: readonly string[]): OptionSpec {
  return {
    type: 'string',
    short: 'o',
    multiple: true,
    value: 'FORMAT[=FILE]',
    help: `${withVersions(formats)}; without FILE on standard output (default table)`,
  };
}

/** `table, cyclonedx[@1.5|@1.6]`: each name once, with the versions that may stand behind it. */
function withVersions(formats: readonly string[]): string {
  const plain = formats.filter((format) => !format.includes('@'));
  const versionsOf = (name: string): readonly string[] =>
    formats.flatMap((format) => (format.startsWith(`${name}@`) ? [format.slice(name.length)] : []));
  return plain
    .map((name) => (versionsOf(name).length === 0 ? name : `${name}[${versionsOf(name).join('|')}]`))
    .join(', ');
}

/** Severities as the screen calls them. */
export const SEVERITY_WORDS = SEVERITIES.map(severityWord);

/** `critical,high`: throws `USAGE` for a word that is no severity. */
export function parseSeverities(text: string): ReadonlySet<Severity> {
  return new Set(
    text.split(',').map((word) => {
      const name = word.trim().toLowerCase();
      // The screen says "unrated", the reports "unknown".
      const severity = name === 'unrated' ? 'unknown' : SEVERITIES.find((candidate) => candidate === name);
      if (severity === undefined) {
        throw new Failure('USAGE', 'not a severity', {
          object: '--severity',
          expected: `some of ${SEVERITY_WORDS.join(', ')}`,
          found: quote(word),
        });
      }
      return severity;
    }),
  );
}

export function parseFailLevel(text: string): FailLevel {
  const level = FAIL_LEVELS.find((candidate) => candidate === text.toLowerCase());
  if (level === undefined) {
    throw new Failure('USAGE', 'not a level', {
      object: '--fail-on',
      expected: `one of ${FAIL_LEVELS.join(', ')}`,
      found: quote(text),
    });
  }
  return level;
}

/** What `--lock-files` and `--no-lock-files` ask; undefined where it depends on the kind of image. Throws `USAGE` for both. */
export function parseLockFiles(options: OptionValues): boolean | undefined {
  const [read, skip] = [options.flag('lock-files'), options.flag('no-lock-files')];
  if (read && skip) {
    throw new Failure('USAGE', '--lock-files does not go with --no-lock-files', {
      expected: 'one of them',
      found: 'both',
    });
  }
  return read || skip ? read : undefined;
}

/** A reason that somebody will read later: not empty. */
export function parseReason(text: string, option: string): string {
  if (text.trim() === '') {
    throw new Failure('USAGE', 'a reason is needed', { object: option, expected: 'some words', found: 'none' });
  }
  return text.trim();
}

/** The one IMAGE of a command line; throws `USAGE`. */
export function oneReference(command: Command, positionals: readonly string[]): string {
  const [reference, ...more] = positionals;
  if (reference === undefined || more.length > 0) {
    throw new Failure('USAGE', 'one image is needed', {
      object: command.name,
      expected: 'one IMAGE',
      found: String(positionals.length),
      hint: `plimsoll ${command.name} --help shows how images are written.`,
    });
  }
  return reference;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm64: 'arm64', arm: 'arm' };

/** Images are built for Linux whatever this machine runs. */
export function hostPlatform(): Platform {
  return { os: 'linux', architecture: ARCHITECTURES[arch] ?? arch };
}
