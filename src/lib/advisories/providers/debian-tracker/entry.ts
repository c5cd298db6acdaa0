import { z } from 'zod';

/** What the tracker says of a source package in one release. */
const TrackedRelease = z
  .object({
    status: z.enum(['open', 'resolved', 'undetermined']),
    /** Which version each suite of the release has: `bookworm`, `bookworm-security`. */
    repositories: z.record(z.string(), z.string()).default({}),
    fixed_version: z.string().nullish(),
    urgency: z.string().nullish(),
    /** Why there will be no advisory for it, as a text. */
    nodsa: z.string().nullish(),
    nodsa_reason: z.string().nullish(),
  })
  .refine(
    ({ status, fixed_version: fixed }) => status !== 'resolved' || (fixed ?? '') !== '',
    'expected the version that resolves it',
  );
export type TrackedRelease = z.infer<typeof TrackedRelease>;

/** One vulnerability of one source package. An empty list stands where there are no releases. */
export const TrackedEntry = z.object({
  description: z.string().nullish(),
  scope: z.string().nullish(),
  debianbug: z.number().nullish(),
  releases: z.union([z.record(z.string(), TrackedRelease), z.tuple([])]),
});
export type TrackedEntry = z.infer<typeof TrackedEntry>;
