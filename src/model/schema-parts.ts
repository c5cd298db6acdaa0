import { z } from 'zod';

/** What the published schemas have in common. */
export const digest = z
  .string()
  .regex(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/)
  .describe('Algorithm and lower-case hex.');
export const instant = z.iso.datetime().describe('ISO 8601, UTC.');
export const count = z.int().nonnegative();
export const toolPart = z
  .strictObject({
    name: z.literal('plimsoll').describe('Always this.'),
    version: z.string().describe('Of the program.'),
  })
  .describe('What wrote the report.');

/** The member that says which version of the schema a document is of. */
export function versionPart<Version extends string>(version: Version) {
  return z
    .literal(version)
    .describe('The second part is raised when members are added, the first when one changes or goes.');
}
