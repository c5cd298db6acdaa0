import { FAIL_LEVELS } from '#model/gate.ts';
import type { Command } from '../command.ts';
import { POLICY_OPTIONS } from '../policy-request.ts';
import { FORMATS } from '../render/index.ts';
import { TRUST_OPTIONS } from '../trust-source.ts';
import { IMAGE_OPTIONS, outputOption, SEVERITY_WORDS } from './image-options.ts';
import { runImageCommand } from './run-image-command.ts';

export const scan: Command = {
  name: 'scan',
  usage: 'IMAGE [OPTIONS]',
  summary: 'what is in an image, what is known to be wrong with it, and what is not known',
  description: [
    'Says what is in an image, which advisories apply to it, and what could not be found out. Advisories are fetched for the ecosystems that the image needs, from PLIMSOLL_ADVISORIES or the public feeds.',
    'With --fail-on, anything unknown that could hide a finding exits with 3; --allow-unknown says why that is acceptable. With --environment, policies decide; what was decided is kept in the data folder with all that it is made of, environment variables and labels of the image among it, and plimsoll policy replay computes it again.',
    'IMAGE is one of these, or the path of such a file or folder alone:',
  ],
  forms: [
    ['NAME[:TAG][@DIGEST]', 'in a registry; a name without a host is on Docker Hub'],
    ['docker:NAME', 'held by the Docker daemon of this machine'],
    ['podman:NAME', 'held by podman, through its API socket'],
    ['containerd:NAME', 'in the content store of containerd'],
    ['oci:DIR[:TAG|@DIGEST]', 'a folder in the OCI image layout'],
    ['oci-archive:FILE[:TAG|@DIGEST]', 'a tar of one'],
    ['docker-archive:FILE[:NAME]', 'what docker save writes'],
    ['rootfs:DIR', 'a root file system, without an image around it'],
    ['rootfs:FILE.tar[.gz|.zst|.xz]', 'a tar of one'],
    [
      'sbom:FILE',
      'a software bill of materials in place of the image: CycloneDX, SPDX or Syft JSON; nothing of it is verified',
    ],
  ],
  options: {
    ...IMAGE_OPTIONS,
    output: outputOption(FORMATS),
    severity: {
      type: 'string',
      value: 'LEVELS',
      help: `show only these, separated by commas: ${SEVERITY_WORDS.join(', ')}`,
    },
    'fail-on': {
      type: 'string',
      value: 'LEVEL',
      help: `exit with 1 when a finding is this bad or worse: ${FAIL_LEVELS.join(', ')}; one without a rating counts`,
    },
    evidence: {
      type: 'boolean',
      help: 'look for signatures and attestations too; also done when a trust configuration is at hand',
    },
    trust: TRUST_OPTIONS.trust,
    vex: {
      type: 'string',
      multiple: true,
      value: 'FILE',
      help: 'a VEX document (OpenVEX, CSAF or CycloneDX): what it says is not affected or fixed is shown and does not count; so are those that a signer of the trust configuration has attested',
    },
    explain: {
      type: 'string',
      value: 'ID',
      help: 'say why this id or alias is, or is not, a finding: which advisory, range and comparison decides, and what suppresses it; exits with 0',
    },
    'allow-unknown': {
      type: 'string',
      value: 'REASON',
      help: 'let unknowns pass --fail-on and --environment, for this reason, which the report keeps',
    },
    ...POLICY_OPTIONS,
  },
  examples: [
    'plimsoll scan registry.example/team/app:1.2',
    'plimsoll scan podman:app:latest',
    'plimsoll scan oci-archive:app.tar',
    'plimsoll scan --fail-on high -o table -o sarif=app.sarif oci-archive:app.tar',
    'plimsoll scan --fail-on high --vex app.openvex.json registry.example/app:1.2',
    'plimsoll scan --environment production registry.example/app:1.2',
    'plimsoll scan --explain CVE-2022-48174 alpine:3.18',
    'plimsoll scan --platform all -o json oci:./layout:v1',
  ],
  run: async (input, io) => await runImageCommand(scan, FORMATS, input, io),
};
