import { z } from 'zod';
import { isEcosystemName } from '../ecosystem-name.ts';

/** A configuration of advisories as it is written. */
export type AdvisoriesDocument = z.infer<ReturnType<typeof advisoriesDocument>>;

const MAX_SOURCES = 64;
const MAX_ECOSYSTEMS = 256;
const MAX_TEXT = 4096;

const Url = z
  .string('expected a URL')
  .max(MAX_TEXT)
  .refine(isWebAddress, 'expected a URL that begins with https:// or http://')
  .describe('A mirror, in the layout that the provider expects.');
const Folder = z
  .string('expected a folder')
  .min(1, 'expected a folder')
  .max(MAX_TEXT)
  .refine((text) => !text.includes('://'), 'expected a folder; url is for what begins with https://')
  .describe('A folder in that layout, relative to this file.');
const Key = z
  .string('expected a file of keys')
  .min(1, 'expected a file of keys')
  .max(MAX_TEXT)
  .describe('Armoured OpenPGP keys, relative to this file: what is not signed by one of them is refused.');
const Ecosystem = z
  .string()
  .refine(isEcosystemName, 'expected an ecosystem without release, such as Debian, npm or crates.io');
const DURATION = 'expected a duration such as 12h, 90m or 7d';
const Duration = z.string(DURATION).refine(isDuration, DURATION);

/**
 * The document for these providers. `docs/reference/advisories.schema.json` is made of it, so that editors can check the
 * file too.
 */
export function advisoriesDocument(providers: readonly string[]) {
  const source = z
    .strictObject({
      provider: z.enum(providers).describe('The kind of feed.'),
      url: Url.optional(),
      folder: Folder.optional(),
      key: Key.optional(),
      ecosystems: z
        .array(Ecosystem)
        .min(1, 'expected at least one ecosystem')
        .max(MAX_ECOSYSTEMS)
        .optional()
        .describe('Only these; all that the provider has where it is not said.'),
    })
    .superRefine((entry, context) => {
      if (entry.url !== undefined && entry.folder !== undefined) {
        context.addIssue({ code: 'custom', path: ['folder'], message: 'expected url or folder, not both' });
      }
    });
  return z.strictObject({
    apiVersion: z.literal('plimsoll.dev/v1'),
    kind: z.literal('Advisories'),
    maxAge: Duration.optional().describe(
      'How old the last look at a feed may be before the next: 12h, 90m, 7d; 24h where it is not said.',
    ),
    sources: z
      .array(source)
      .min(1, 'expected at least one source')
      .max(MAX_SOURCES)
      .describe('Where advisories come from. The first whose provider has an ecosystem speaks for it.'),
  });
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function isDuration(text: string): boolean {
  return /^[1-9][0-9]{0,5}[mhd]$/.test(text);
}

/** Milliseconds of a duration that fits the schema. */
export function toMilliseconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (UNITS[duration.slice(-1)] ?? 0);
}

function isWebAddress(text: string): boolean {
  // The parser of URLs passes over blanks, and mends missing slashes.
  return /^https?:\/\/[^\s#]+$/.test(text) && URL.canParse(text);
}
