import type { Command } from '../command.ts';
import { TRUST_OPTIONS } from '../trust-source.ts';
import { EVIDENCE_FORMS, IMAGE_OPTIONS, outputOption } from './image-options.ts';
import { EVIDENCE_FORMATS, runEvidenceCommand } from './run-evidence-command.ts';

export const evidence: Command = {
  name: 'evidence',
  usage: 'IMAGE [OPTIONS]',
  summary: 'everything that hangs on an image: signatures, SBOMs, provenance, reports, and who says so',
  description: [
    'Shows what hangs on the index of an image and on its platforms: which kind of signature or statement, who made it and when, how it was found, and whether the trust configuration knows the signer. Without a configuration everything is shown and nothing is trusted.',
    'Exit codes: 0, or 3 when a place where evidence may be could not be looked at.',
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
    'plimsoll evidence registry.example/team/app:1.2',
    'plimsoll evidence --trust trust.yaml --platform all oci:./layout:v1',
  ],
  run: async (input, io) => await runEvidenceCommand(evidence, 'evidence', input, io),
};
