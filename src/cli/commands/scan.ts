import { FAIL_LEVELS } from '#model/gate.ts';
import type { Command } from '../command.ts';
import { FORMATS } from '../render/index.ts';
import { IMAGE_OPTIONS, outputOption, SEVERITY_WORDS } from './image-options.ts';
import { runImageCommand } from './run-image-command.ts';

export const scan: Command = {
  name: 'scan',
  usage: 'IMAGE [OPTIONS]',
  summary: 'what is in an image, what is known to be wrong with it, and what is not known',
  description: [
    'IMAGE is a name in a registry, oci:DIR[:TAG|@DIGEST], oci-archive:FILE, docker-archive:FILE[:REF], rootfs:DIR or rootfs:FILE.tar[.gz|.zst|.xz], a path to one of these, or docker:, podman: or containerd: and a name there.',
    'Advisories are fetched for the ecosystems that the image needs, from PLIMSOLL_ADVISORIES or the public OSV export.',
    'With --fail-on, anything unknown that could hide a finding exits with 3; --allow-unknown says why that is acceptable.',
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
    'allow-unknown': {
      type: 'string',
      value: 'REASON',
      help: 'let unknowns pass --fail-on, for this reason, which the report keeps',
    },
  },
  examples: [
    'plimsoll scan registry.example/team/app:1.2',
    'plimsoll scan oci-archive:app.tar',
    'plimsoll scan --fail-on high -o table -o sarif=app.sarif oci-archive:app.tar',
    'plimsoll scan --platform all -o json oci:./layout:v1',
  ],
  run: async (input, io) => await runImageCommand(scan, FORMATS, input, io),
};
