import { z } from 'zod';
import { isMirrorName, isRealmOrigin, isRegistryKey } from './names.ts';

/** The registries file. `docs/reference/registries.schema.json` is made of it, so that editors can check the file too. */
export type RegistriesFile = z.infer<typeof registriesFile>;
export type RegistryEntry = z.infer<typeof registryEntry>;

const File = z.string().min(1).max(4096);

const registryEntry = z
  .strictObject({
    ca: File.optional().describe(
      'Certificates in PEM, trusted in place of those of the system; relative to this file.',
    ),
    tls: z
      .enum(['required', 'unverified', 'none'])
      .optional()
      .describe('`unverified` takes any certificate, `none` speaks plain http; what is not said is `required`.'),
    'client-certificate': File.optional().describe('A certificate in PEM to log in with; relative to this file.'),
    'client-key': File.optional().describe('The private key of client-certificate in PEM, without a passphrase.'),
    mirrors: z
      .array(z.string().refine(isMirrorName, 'expected a host and an optional path: mirror.example:5000/prefix'))
      .max(16)
      .optional()
      .describe('Hosts, each with an optional path, that are asked first, in this order.'),
    'token-realms': z
      .array(z.string().refine(isRealmOrigin, 'expected an origin without a path: https://auth.example'))
      .max(16)
      .optional()
      .describe('Origins besides the registry itself that its credentials may be sent to.'),
  })
  .superRefine((entry, context) => {
    const issue = (path: keyof typeof entry, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (entry.ca !== undefined && (entry.tls === 'unverified' || entry.tls === 'none')) {
      issue('ca', `expected no ca beside tls: ${entry.tls}, which checks no certificate`);
    }
    if ((entry['client-certificate'] === undefined) !== (entry['client-key'] === undefined)) {
      const there = entry['client-key'] === undefined ? 'client-certificate' : 'client-key';
      issue(there, 'expected client-certificate and client-key together');
    } else if (entry['client-key'] !== undefined && entry.tls === 'none') {
      issue('client-certificate', 'expected no client-certificate beside tls: none');
    }
  });

export const registriesFile = z.strictObject({
  registries: z
    .record(
      z.string().refine(isRegistryKey, 'expected a registry such as registry.example:5000, *.example.com or docker.io'),
      registryEntry,
    )
    .describe('Registries by name as in a reference: host with optional port, or *.domain for all hosts below it.'),
});
