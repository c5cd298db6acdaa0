import { quote } from '#base/error.ts';
import { formatPlatform, type Platform } from '#model/platform.ts';
import { OciError } from './error.ts';

/** Names of machines as `uname -m` and Linux distributions write them, in the names that OCI takes from Go. */
const ARCHITECTURES: Readonly<Record<string, Platform>> = {
  x86_64: { os: '', architecture: 'amd64' },
  'x86-64': { os: '', architecture: 'amd64' },
  i386: { os: '', architecture: '386' },
  i686: { os: '', architecture: '386' },
  aarch64: { os: '', architecture: 'arm64' },
  armhf: { os: '', architecture: 'arm', variant: 'v7' },
  armel: { os: '', architecture: 'arm', variant: 'v6' },
};

/** The variant that an architecture means when it names none (containerd, platforms.Normalize). */
const DEFAULT_VARIANT: Readonly<Record<string, string>> = { amd64: 'v1', arm: 'v7', arm64: 'v8' };

/** `OS/ARCH[/VARIANT]` as on the command line; throws `PLATFORM_INVALID`. */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/');
  const [os = '', architecture = '', variant] = parts;
  if (parts.length < 2 || parts.length > 3 || !parts.every((part) => /^[0-9A-Za-z_.-]+$/.test(part))) {
    throw new OciError('PLATFORM_INVALID', 'not a platform', {
      object: 'platform',
      expected: 'OS/ARCH or OS/ARCH/VARIANT, such as linux/arm64',
      found: quote(text),
    });
  }
  return normalizePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
}

/** One spelling for what is the same: lower case, Go's architecture names, `v8` for `8`. The default variant stays out. */
export function normalizePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const written = platform.architecture.toLowerCase();
  const alias = Object.hasOwn(ARCHITECTURES, written) ? ARCHITECTURES[written] : undefined;
  const architecture = alias?.architecture ?? written;
  const asked = (platform.variant ?? '').toLowerCase();
  const variant = /^[0-9]+$/.test(asked) ? `v${asked}` : asked === '' ? (alias?.variant ?? '') : asked;
  const implied = architecture !== 'arm' && variant === defaultVariant(architecture);
  return variant === '' || implied ? { os, architecture } : { os, architecture, variant };
}

/**
 * The candidates that satisfy `wanted`, best first. A wanted platform without a variant is satisfied by every variant,
 * the architecture's default before the others and newer before older. `orLower` also takes older variants of the
 * wanted one, which a machine can run and which nobody who names a variant means.
 */
export function matchPlatforms<T>(
  candidates: readonly T[],
  platformOf: (candidate: T) => Platform | null,
  wanted: Platform,
  orLower: boolean,
): readonly T[] {
  const want = normalizePlatform(wanted);
  const wantRank = rank(want.variant ?? defaultVariant(want.architecture));
  const matching: { readonly candidate: T; readonly score: number }[] = [];
  for (const candidate of candidates) {
    const platform = platformOf(candidate);
    if (platform === null) {
      continue;
    }
    const have = normalizePlatform(platform);
    if (have.os !== want.os || have.architecture !== want.architecture) {
      continue;
    }
    const haveRank = rank(have.variant ?? defaultVariant(have.architecture));
    const exact = haveRank.text === wantRank.text;
    if (exact || want.variant === undefined || (orLower && haveRank.number < wantRank.number)) {
      matching.push({ candidate, score: exact ? Number.MAX_SAFE_INTEGER : haveRank.number });
    }
  }
  return matching.toSorted((a, b) => b.score - a.score).map(({ candidate }) => candidate);
}

/** Equal for platforms that are the same; empty for none. */
export function platformKey(platform: Platform | null): string {
  return platform === null ? '' : formatPlatform(normalizePlatform(platform));
}

/** Distinct platforms as text, for messages. */
export function listPlatforms(platforms: readonly (Platform | null)[]): string {
  const names = new Set(platforms.map((platform) => platformKey(platform) || 'one without a platform'));
  const text = names.size === 0 ? 'none' : [...names].join(', ');
  // They come from the image: shown as they are when they are plain, escaped otherwise.
  return /^[0-9A-Za-z/_., -]*$/.test(text) ? text : quote(text);
}

function defaultVariant(architecture: string): string {
  return Object.hasOwn(DEFAULT_VARIANT, architecture) ? (DEFAULT_VARIANT[architecture] ?? '') : '';
}

function rank(variant: string): { readonly text: string; readonly number: number } {
  const number = /^v[0-9]+$/.test(variant) ? Number(variant.slice(1)) : 0;
  return { text: variant, number };
}
