import type { SigningWork } from '#assess/index.ts';
import { PREDICATE_NAMES } from '#lib/trust/index.ts';
import type { Command, OptionValues } from '../command.ts';
import { namedFile } from '../named-file.ts';
import { assertOneWay, OWN_EVIDENCE_OPTIONS, runOwnEvidence } from './own-evidence.ts';
import { oneOf, required, runSigningCommand, SIGNING_FORMS, SIGNING_OPTIONS } from './run-signing-command.ts';

const FORMATS = ['bundle', 'cosign-legacy'] as const;

export const attest: Command = {
  name: 'attest',
  usage: 'IMAGE --key KEY|--keyless (--predicate FILE --type TYPE | --scan) [OPTIONS]',
  summary: 'sign a statement about an image: an SBOM, provenance, a report',
  description: [
    'Puts FILE into an in-toto statement about what IMAGE names, signs it and attaches it there. A predicate of a type that is known here has to have what its specification asks for.',
    `TYPE is a URI, or a name that cosign has for one: ${PREDICATE_NAMES.join(', ')}.`,
    'With --scan it states what Plimsoll knows of the image: a bill of materials, what was found, what is excepted and the verdict, of every platform on its manifest, and a summary of all on the index. Exit codes are then those of scan: 1 is attached, since a refusal is evidence too; with 3 nothing is attached.',
    'Formats: bundle, a Sigstore bundle as cosign 3 makes it (the default); cosign-legacy for older versions.',
    'IMAGE is one of:',
  ],
  forms: SIGNING_FORMS,
  options: {
    ...SIGNING_OPTIONS,
    format: { type: 'string', value: 'FORMAT', help: `${FORMATS.join(', ')} (default bundle)` },
    predicate: { type: 'string', value: 'FILE', help: 'what is stated, JSON' },
    type: { type: 'string', value: 'TYPE', help: 'what kind of statement it is' },
    ...OWN_EVIDENCE_OPTIONS,
  },
  examples: [
    'plimsoll attest --key release.key --predicate sbom.json --type cyclonedx registry.example/team/app:1.2',
    'plimsoll attest --key release.key --predicate vex.json --type openvex --on both registry.example/team/app:1.2',
    'plimsoll attest --key release.key --scan --fail-on high --vex vex.json registry.example/team/app:1.2',
  ],
  run: async (input, io) =>
    input.options.flag('scan')
      ? await runOwnEvidence(attest, input, io)
      : await runSigningCommand(attest, readWork, input, io),
};

async function readWork(options: OptionValues): Promise<SigningWork> {
  assertOneWay(options);
  const format = oneOf(options.text('format') ?? 'bundle', FORMATS, '--format');
  const type = required(attest, options, 'type', 'the type of the predicate');
  const path = required(attest, options, 'predicate', 'the file that is stated');
  return { kind: 'attestation', format, type, predicate: await namedFile(path) };
}
