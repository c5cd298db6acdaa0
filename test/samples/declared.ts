import { digestOf } from '#base/digest.ts';
import type { SbomMismatch } from '#model/finding.ts';
import type { Declaration } from '#model/report.ts';

/** What documents declare of the sample image, and what differs. */

export function sampleDeclaration(changes: Partial<Declaration> = {}): Declaration {
  return {
    from: 'attestation',
    path: null,
    layer: null,
    attachment: digestOf('sbom manifest'),
    blob: digestOf('sbom blob'),
    trusted: true,
    document: {
      format: 'spdx',
      version: '2.3',
      name: 'app',
      id: 'https://example.org/app',
      created: '2026-08-21T12:00:00Z',
      tools: ['syft 1.27.1'],
      components: 7,
    },
    scope: 'image',
    types: ['apk', 'npm'],
    compared: 7,
    comparedFiles: 1,
    mismatches: 0,
    ...changes,
  };
}

export function sampleMismatch(
  difference: SbomMismatch['difference'],
  changes: Partial<SbomMismatch> = {},
): SbomMismatch {
  return {
    kind: 'sbom-mismatch',
    id: `sbom-mismatch/${difference}`,
    severity: 'unknown',
    difference,
    package: { purl: 'pkg:npm/marked@0.3.0', name: 'marked', version: '0.3.0' },
    locations: [{ path: '/srv/app/node_modules/marked/package.json', layer: digestOf('app layer') }],
    layer: digestOf('app layer'),
    title: `marked 0.3.0 is ${difference}`,
    declared: difference === 'undeclared' ? null : '0.2.9',
    found: difference === 'absent' ? null : '0.3.0',
    document: 0,
    ...changes,
  };
}
