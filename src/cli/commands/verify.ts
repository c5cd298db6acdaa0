import type { Command } from '../command.ts';
import { TRUST_OPTIONS } from '../trust-source.ts';
import { EVIDENCE_FORMS, IMAGE_OPTIONS, outputOption } from './image-options.ts';
import { EVIDENCE_FORMATS, runEvidenceCommand } from './run-evidence-command.ts';

export const verify: Command = {
  name: 'verify',
  usage: 'IMAGE [--trust FILE | --key FILE | --certificate-identity SUBJECT --certificate-oidc-issuer URL] [OPTIONS]',
  summary: 'whether an image is signed and attested as the trust configuration asks',
  description: [
    'Looks for signatures and attestations of cosign (tags and bundles) and the Notary Project, verifies them with the keys, certificates and trust roots of the configuration, and says for every requirement what was found, what counts, and why the rest does not. Nothing but the registry of the image is asked.',
    'The configuration is --trust, PLIMSOLL_TRUST, or trust.yaml in $XDG_CONFIG_HOME/plimsoll; docs/guides/trust.md explains it. For a look without one, --key, or --certificate-identity with --certificate-oidc-issuer and --trusted-root, ask for one signature. Without any of these nothing is trusted.',
    'Exit codes: 0 accepted, 1 refused, 2 wrong usage, 3 the image or what hangs on it could not be read.',
    'IMAGE is one of:',
  ],
  forms: EVIDENCE_FORMS,
  options: {
    output: outputOption(EVIDENCE_FORMATS),
    ...TRUST_OPTIONS,
    offline: IMAGE_OPTIONS.offline,
    platform: IMAGE_OPTIONS.platform,
  },
  examples: [
    'plimsoll verify --trust trust.yaml registry.example/team/app:1.2',
    'plimsoll verify --key cosign.pub registry.example/team/app:1.2',
    'plimsoll verify --trust trust.yaml --platform all -o json oci:./layout:v1',
  ],
  run: async (input, io) => await runEvidenceCommand(verify, 'verification', input, io),
};
