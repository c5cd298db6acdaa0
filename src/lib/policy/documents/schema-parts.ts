import { z } from 'zod';
import { isDigest } from '#base/digest.ts';
import { isDuration } from '#base/duration.ts';
import { parsePurlOrNull } from '#model/purl.ts';
import { parsePattern } from '#model/repository-pattern.ts';

/** What documents are made of. Messages begin with `expected`: what was found is said by the reader of YAML. */
export const MAX_LIST = 256;
const MAX_EXPRESSION_CHARS = 64 * 1024;
const MAX_WAIT_MS = 600_000;

export const Words = z
  .string('expected a text')
  .min(1, 'expected a text that is not empty')
  .max(4096, 'expected a text of at most 4096 characters');

const NAME = 'expected a name of letters, digits, . _ and -, at most 128 of them, the first a letter or digit';
export const Name = z.string(NAME).regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/, NAME);

const IDENTIFIER =
  'expected a name of letters, digits and _, at most 64 of them, the first no digit, and no word of the language';
/** Names that expressions use (CEL language definition, IDENT and RESERVED). */
export const Identifier = z
  .string(IDENTIFIER)
  .regex(/^[A-Za-z_][0-9A-Za-z_]{0,63}$/, IDENTIFIER)
  .refine((text) => !RESERVED.has(text), IDENTIFIER);

const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(
    ' ',
  ),
);

const EXPRESSION = 'expected an expression of CEL as text';
export const CelText = z
  .string(EXPRESSION)
  .max(MAX_EXPRESSION_CHARS, `expected an expression of at most ${MAX_EXPRESSION_CHARS} characters`)
  .refine((text) => text.trim() !== '', EXPRESSION);

export const Instant = z.iso.datetime({ offset: true, error: 'expected a date and time such as 2026-01-31T12:00:00Z' });

const DURATION = 'expected a duration such as 30d, 12h or 90m';
export const Duration = z.string(DURATION).refine(isDuration, DURATION);

const WAIT = 'expected a time from 1s to 10m, such as 60s';
/** For which a client waits. */
export const WaitText = z
  .string(WAIT)
  .regex(/^[1-9][0-9]{0,2}[sm]$/, WAIT)
  .refine((text) => waitMilliseconds(text) <= MAX_WAIT_MS, WAIT);

/** Milliseconds of a `WaitText`. */
export function waitMilliseconds(text: string): number {
  return Number(text.slice(0, -1)) * (text.endsWith('m') ? 60_000 : 1000);
}

const DIGEST = 'expected a digest: sha256: and 64 hex digits';
export const DigestText = z.string(DIGEST).refine(isDigest, DIGEST);

export const Pattern = z.string('expected a pattern of repositories').superRefine((text, context) => {
  const pattern = parsePattern(text);
  if (typeof pattern === 'string') {
    context.addIssue({ code: 'custom', message: `expected ${pattern}` });
  }
});

const PURL = 'expected a package URL such as pkg:npm/lodash or pkg:npm/lodash@4.17.20, without qualifiers';
/** Of packages that an exception is for: with or without a version, and nothing else that could narrow it unseen. */
export const PackageUrl = z.string(PURL).refine((text) => {
  const purl = parsePurlOrNull(text);
  return purl !== null && (purl.qualifiers?.size ?? 0) === 0 && (purl.subpath ?? '') === '';
}, PURL);

const PIN = 'expected a package URL without a version whose last segment may be *, such as pkg:npm/%40acme/*';
export const PinnedPackage = z.string(PIN).refine((text) => {
  const purl = parsePurlOrNull(text.endsWith('/*') ? `${text.slice(0, -1)}x` : text);
  const bare = purl !== null && (purl.version ?? '') === '' && (purl.qualifiers?.size ?? 0) === 0;
  return bare && (purl.subpath ?? '') === '' && !text.replace(/\/\*$/, '').includes('*');
}, PIN);

const PLATFORM = 'expected a platform such as linux/amd64 or linux/arm/v7';
export const PlatformText = z.string(PLATFORM).regex(/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/, PLATFORM);

/** A list of at most `MAX_LIST`, each element once. */
export function listOf<T extends z.ZodType>(element: T, what: string): z.ZodArray<T> {
  return z
    .array(element, `expected a list of ${what}`)
    .max(MAX_LIST, `expected at most ${MAX_LIST} ${what}`)
    .superRefine((values, context) => {
      const texts = values.map((value) => (typeof value === 'string' ? value : null));
      once(texts, `every one of ${what} once`, [], context);
    });
}

/** Refuses names that come twice; null stands for what is compared with nothing. */
export function once(
  names: readonly (string | null)[],
  expected: string,
  key: readonly string[],
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (name !== null && seen.has(name)) {
      context.addIssue({ code: 'custom', path: [index, ...key], message: `expected ${expected}` });
    }
    seen.add(name ?? '');
  }
}
