import { z } from 'zod';

const Text = z.string().nullish();

/** One statement: a status of one vulnerability for products, which are source packages of a release and their binaries. */
const UbuntuStatement = z.object({
  vulnerability: z.object({
    name: z.string().min(1).max(100),
    description: Text,
    aliases: z.array(z.string()).nullish(),
  }),
  products: z.array(z.object({ '@id': z.string() })),
  status: z.enum(['not_affected', 'affected', 'fixed', 'under_investigation']),
  justification: Text,
  status_notes: Text,
  action_statement: Text,
});
export type UbuntuStatement = z.infer<typeof UbuntuStatement>;

/** OpenVEX, whose schema not every document keeps to: some have what is about the document in a member `metadata`. */
export const UbuntuDocument = z.object({
  metadata: z.object({ timestamp: Text }).nullish(),
  timestamp: Text,
  statements: z.array(UbuntuStatement).min(1),
});
export type UbuntuDocument = z.infer<typeof UbuntuDocument>;
