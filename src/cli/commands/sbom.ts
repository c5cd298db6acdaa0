import type { Command } from '../command.ts';
import { SBOM_FORMATS } from '../render/index.ts';
import { IMAGE_OPTIONS, outputOption } from './image-options.ts';
import { runImageCommand } from './run-image-command.ts';

const FORMATS = ['table', 'json', ...SBOM_FORMATS] as const;

export const sbom: Command = {
  name: 'sbom',
  usage: 'IMAGE [OPTIONS]',
  summary: 'what is in an image',
  description: [
    'Lists the packages of an image, with their sources, licences, layers and locations. No advisory is looked at.',
    'IMAGE is written as for plimsoll scan.',
  ],
  options: {
    ...IMAGE_OPTIONS,
    output: outputOption(FORMATS),
  },
  examples: [
    'plimsoll sbom oci-archive:app.tar',
    'plimsoll sbom -o cyclonedx=app.cdx.json rootfs:./rootfs',
    'plimsoll sbom -o spdx=app.spdx.json -o cyclonedx@1.5=app.cdx.json docker:app',
  ],
  run: async (input, io) => await runImageCommand(sbom, FORMATS, input, io),
};
