import type { Fields } from '../../fields.ts';
import type { ReportedVulnerability } from '../predicate.ts';

/**
 * The report of Trivy (`--format cosign-vuln`), schema version 2; null for reports of other scanners. Throws
 * `PREDICATE_INVALID` where it is Trivy's and cannot be read.
 */
export function readTrivyResult(result: Fields): readonly ReportedVulnerability[] | null {
  // Trivy leaves `Results` out when it found nothing to scan, which is not the same as nothing found.
  if (result.value('SchemaVersion') !== 2 || !result.has('ArtifactName') || !result.has('Results')) {
    return null;
  }
  return result.optionalItems('Results').flatMap((target) => {
    return target.optionalItems('Vulnerabilities').map((item) => {
      return {
        id: item.text('VulnerabilityID'),
        severities: [{ method: 'trivy', score: item.text('Severity') }],
      };
    });
  });
}
