import { z } from 'zod';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import type { TagRule } from '#model/policy.ts';
import { parsePattern, usualSpelling } from '#model/repository-pattern.ts';
import { tagRuleFault } from '../sources/tag-rules.ts';
import { Duration, listOf, MAX_LIST, Name, PlatformText, WaitText } from './schema-parts.ts';

/** `acquire` of a source as it is written. */
export type AcquireEntry = z.infer<typeof acquireEntry>;

const REGISTRY = 'expected a registry such as docker.io or registry.example:5000, without https:// and path';
const Registry = z
  .string(REGISTRY)
  .max(255, REGISTRY)
  .refine((text) => registryOf(text) !== null, REGISTRY);

/** In its usual spelling; null for what is none. */
export function registryOf(text: string): string | null {
  const isHost = !/[/*@\s]/.test(text) && typeof parsePattern(`${text}/any/any`) !== 'string';
  return isHost ? (usualSpelling(`${text}/any/any`)?.split('/', 1)[0] ?? null) : null;
}

const REPOSITORY = 'expected a pattern of repositories below the registry, such as library/* or team/**';
const Below = z.string(REPOSITORY).min(1, REPOSITORY).max(255, REPOSITORY);

const INTO = 'expected a name that repositories begin with, such as mirror or mirror/hub';
const Into = z.string(INTO).max(200, INTO).refine(isRepositoryName, INTO);

/** The reader of documents never shows what stands in its place: that may be the secret. */
const SECRET = 'expected env:NAME or file:/PATH, since a secret in a document would be read by all who may read it';
const Secret = z.string(SECRET).regex(/^(?:env:[A-Za-z_][0-9A-Za-z_]{0,127}|file:\/[^\0\r\n]{1,4095})$/, SECRET);

const credentials = z.strictObject({ username: Secret, password: Secret });

const tagEntry = z
  .strictObject({
    exact: z.string('expected a tag').optional().describe('One tag.'),
    semver: z
      .string('expected a range of versions')
      .optional()
      .describe('A range of semantic versions as npm writes them: `>=1.2 <2`. Tags such as `1.2.3` and `v1.2.3`.'),
    matches: z.string('expected a pattern').optional().describe('RE2 syntax, of the whole tag.'),
  })
  .superRefine((entry, context) => {
    const keys = (['exact', 'semver', 'matches'] as const).filter((key) => entry[key] !== undefined);
    const [key, second] = keys;
    if (key === undefined || second !== undefined) {
      const path = second === undefined ? [] : [second];
      context.addIssue({ code: 'custom', path, message: 'expected exactly one of exact, semver, matches' });
      return;
    }
    const fault = tagRuleFault(tagRuleOf(entry));
    if (fault !== null) {
      context.addIssue({ code: 'custom', path: [key], message: `expected ${fault}` });
    }
  });

export function tagRuleOf({
  exact,
  semver,
  matches,
}: {
  readonly exact?: string | undefined;
  readonly semver?: string | undefined;
  readonly matches?: string | undefined;
}): TagRule {
  if (semver !== undefined) {
    return { kind: 'semver', range: semver };
  }
  return matches !== undefined ? { kind: 'matches', pattern: matches } : { kind: 'exact', tag: exact ?? '' };
}

const firstPull = z.strictObject({
  mode: z
    .enum(['hold', 'serve', 'off'])
    .optional()
    .describe(
      '`hold`, where it is not said: the first pull waits until it is decided. `serve`: it is served while it is looked at, with a warning. `off`: nothing is taken by pulling.',
    ),
  wait: WaitText.optional().describe('How long a client waits at most; `60s` where it is not said.'),
});

export const acquireEntry = z
  .strictObject({
    registry: Registry.describe('Host, and port if it has one.'),
    repositories: listOf(Below, 'patterns')
      .min(1, 'expected at least one pattern')
      .describe('Patterns of repositories below it, without the host.'),
    tags: z
      .array(tagEntry, 'expected a list of rules for tags')
      .max(MAX_LIST, `expected at most ${MAX_LIST} rules`)
      .optional()
      .describe('Any of them is enough. Where it is not said only digests can be asked for.'),
    platforms: listOf(PlatformText, 'platforms')
      .optional()
      .describe('An index has to have them; any where it is not said.'),
    into: Into.describe('Where copies go: `mirror` makes `docker.io/library/alpine` `mirror/library/alpine`.'),
    trust: Name.optional().describe('The name of a document of kind Trust. Nobody is trusted where it is not said.'),
    credentials: credentials.optional().describe('References to secrets: `env:NAME` or `file:/PATH`.'),
    network: z
      .enum(['public', 'private', 'loopback'])
      .optional()
      .describe('Which addresses its host may have; `public` where it is not said.'),
    tls: z.enum(['verify', 'none']).optional().describe('`none` for plain HTTP; `verify` where it is not said.'),
    every: Duration.optional().describe('Between two looks at its tags; never where it is not said.'),
    environment: Name.describe('The environment whose verdict lets an image out of quarantine.'),
    firstPull: firstPull
      .optional()
      .describe('What a pull of an image that is not here does; nothing where it is not said.'),
  })
  .superRefine(({ registry, repositories, tags, credentials: secrets, tls, network, every }, context) => {
    for (const [index, text] of repositories.entries()) {
      const pattern = text.startsWith('/') ? REPOSITORY.slice('expected '.length) : parsePattern(`${registry}/${text}`);
      if (typeof pattern === 'string') {
        context.addIssue({ code: 'custom', path: ['repositories', index], message: `expected ${pattern}` });
      }
    }
    if (tls === 'none' && (network ?? 'public') === 'public') {
      const message =
        'expected verify: without TLS anybody between could send another image, so only private and loopback registries may do without';
      context.addIssue({ code: 'custom', path: ['tls'], message });
    }
    if (tls === 'none' && secrets !== undefined && network !== 'loopback') {
      const message = 'expected none: without TLS they would be sent for all to read';
      context.addIssue({ code: 'custom', path: ['credentials'], message });
    }
    if (every !== undefined && (tags ?? []).length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['every'],
        message: 'expected tags beside it: there is nothing else to look at',
      });
    }
  });
