import type { Command } from '../command.ts';

/** A command as the overview shows it. Its code is loaded when it is called, so that `--version` loads none of it. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: 'serve',
    summary: 'run the platform: registry, API, background work; what plimsoll does without a command',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'backup',
    summary: 'copy all that the platform has, while it runs',
    load: async () => (await import('./backup.ts')).backup,
  },
  {
    name: 'restore',
    summary: 'bring a backup back, into a platform that has nothing',
    load: async () => (await import('./backup.ts')).restore,
  },
  {
    name: 'scan',
    summary: 'what is in an image, what is known to be wrong with it, and what is not known',
    load: async () => (await import('./scan.ts')).scan,
  },
  {
    name: 'sbom',
    summary: 'what is in an image',
    load: async () => (await import('./sbom.ts')).sbom,
  },
  {
    name: 'verify',
    summary: 'whether an image is signed and attested as the trust configuration asks',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'evidence',
    summary: 'everything that hangs on an image: signatures, SBOMs, provenance, reports, and who says so',
    load: async () => (await import('./evidence.ts')).evidence,
  },
  {
    name: 'trust',
    summary: 'show whom a trust configuration trusts, take over policies of other tools, refresh a trust root',
    load: async () => (await import('./trust.ts')).trust,
  },
  {
    name: 'sign',
    summary: 'sign an image, for cosign or the Notary Project',
    load: async () => (await import('./sign.ts')).sign,
  },
  {
    name: 'attest',
    summary: 'sign a statement about an image: an SBOM, provenance, a report',
    load: async () => (await import('./attest.ts')).attest,
  },
  {
    name: 'key',
    summary: 'make a key that signs, and show one',
    load: async () => (await import('./key.ts')).key,
  },
  {
    name: 'policy',
    summary: 'write, check and test what images have to be like, and explain what was decided',
    load: async () => (await import('./policy.ts')).policy,
  },
  {
    name: 'advisories',
    summary: 'fetch, list, show and move the advisories that images are matched with',
    load: async () => (await import('./advisories.ts')).advisories,
  },
  {
    name: 'login',
    summary: 'log in to a Plimsoll server',
    load: async () => (await import('./login.ts')).login,
  },
  {
    name: 'acquire',
    summary: 'take an image from a source into the catalogue of a server, through quarantine',
    load: async () => (await import('./acquire.ts')).acquire,
  },
  {
    name: 'catalog',
    summary: 'search the images of a server, or show one with its findings, verdicts, evidence and history',
    load: async () => (await import('./catalog.ts')).catalog,
  },
  {
    name: 'where',
    summary: 'which images of a server hold a package or have a finding, and where they run',
    load: async () => (await import('./where.ts')).where,
  },
  {
    name: 'promote',
    summary: 'let an image out of quarantine, or approve it for an environment',
    load: async () => (await import('./promote.ts')).promote,
  },
  {
    name: 'revoke',
    summary: 'end that an image is served',
    load: async () => (await import('./promote.ts')).revoke,
  },
  {
    name: 'apply',
    summary: 'write the documents that decide on a server: policies, environments, sources, trust',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'exception',
    summary: 'ask for exceptions from policy, and decide about those that others asked for',
    load: async () => (await import('./exception.ts')).exception,
  },
  {
    name: 'user',
    summary: 'make, list, change and remove the users of a server',
    load: async () => (await import('./user.ts')).user,
  },
  {
    name: 'robot',
    summary: 'make, list, rotate and remove the robots of a server',
    load: async () => (await import('./robot.ts')).robot,
  },
  {
    name: 'cache',
    summary: 'show what is kept of images, and make room',
    load: async () => (await import('./cache.ts')).cache,
  },
];
