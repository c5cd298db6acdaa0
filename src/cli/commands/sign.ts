import type { SigningWork } from '#assess/index.ts';
import { LIMITS } from '#base/limits.ts';
import { SIGNING_FORMATS } from '#model/signing-report.ts';
import type { Command, OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import { namedFile } from '../named-file.ts';
import { parseAge } from '../quantities.ts';
import { oneOf, required, runSigningCommand, SIGNING_FORMS, SIGNING_OPTIONS } from './run-signing-command.ts';

export const sign: Command = {
  name: 'sign',
  usage: 'IMAGE --key KEY|--keyless [OPTIONS]',
  summary: 'sign an image, for cosign or the Notary Project',
  description: [
    'Signs what IMAGE names and attaches the signature there. It is verified under the public half of the key before it is attached. Signing again adds a signature.',
    'Formats: bundle, a Sigstore bundle as cosign 3 makes it (the default); cosign-legacy, which older versions of cosign, skopeo and podman read; notation-jws and notation-cose of the Notary Project, which need --certificate-chain.',
    'docs/guides/signing.md explains keys and formats.',
    'IMAGE is one of:',
  ],
  forms: SIGNING_FORMS,
  options: {
    ...SIGNING_OPTIONS,
    format: { type: 'string', value: 'FORMAT', help: `${SIGNING_FORMATS.join(', ')} (default bundle)` },
    'certificate-chain': {
      type: 'string',
      value: 'FILE',
      help: 'notation: certificates in PEM, from the one of the key to the root',
    },
    expires: { type: 'string', value: 'AGE', help: 'notation: the signature counts for so long: 12h, 90d, 8w' },
  },
  examples: [
    'plimsoll sign --key release.key registry.example/team/app:1.2',
    'plimsoll sign --key release.key --on both registry.example/team/app:1.2',
    'plimsoll sign --key leaf.key --format notation-jws --certificate-chain chain.pem --expires 90d oci:./layout:v1',
  ],
  run: async (input, io) => await runSigningCommand(sign, readWork, input, io),
};

async function readWork(options: OptionValues): Promise<SigningWork> {
  const format = oneOf(options.text('format') ?? 'bundle', SIGNING_FORMATS, '--format');
  const expires = options.text('expires');
  if (format === 'notation-jws' || format === 'notation-cose') {
    const path = required(sign, options, 'certificate-chain', `the certificates of the key, for ${format}`);
    const expiresAfter = expires === undefined ? null : parseAge(expires, '--expires');
    if (expiresAfter !== null && expiresAfter < 1000) {
      throw new Failure('USAGE', 'too short', {
        object: '--expires',
        expected: 'a minute or more',
        found: expires ?? '',
      });
    }
    return {
      kind: 'signature',
      format,
      chain: await namedFile(path, LIMITS.certificateFileBytes),
      expiresAfter,
    };
  }
  const foreign = ['certificate-chain', 'expires'].find((name) => options.text(name) !== undefined);
  if (foreign !== undefined) {
    throw new Failure('USAGE', `--${foreign} does not go with ${format}`, {
      object: 'sign',
      expected: '--format notation-jws or notation-cose with it',
      found: format,
    });
  }
  return { kind: 'signature', format };
}
