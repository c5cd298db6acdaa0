import type { ExceptionImporter } from '../importer.ts';
import { readDocument } from './document.ts';
import { readLines } from './lines.ts';

export const trivy: ExceptionImporter = {
  id: 'trivy',
  capabilities: {
    title: 'Ignore files of Trivy',
    file: '.trivyignore, .trivyignore.yaml',
    specification: 'https://trivy.dev/latest/docs/configuration/filtering/',
    notCarriedOver: [
      'paths',
      'rules without an id',
      'misconfigurations, secrets and licences',
      'package URLs with qualifiers or a subpath',
      'what has expired',
    ],
  },
  // As Trivy tells them apart.
  read: (source) => (/\.ya?ml$/.test(source.file) ? readDocument(source) : readLines(source)),
};
