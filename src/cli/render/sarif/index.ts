import { printJson } from '#base/json/print.ts';
import type { Report } from '#model/report.ts';
import { coveredNotifications, notificationDescriptors, toNotification } from './notifications.ts';
import { toResults } from './results.ts';
import { toRules } from './rules.ts';
import { policyProperties } from './verdict.ts';

/**
 * SARIF 2.1.0 (OASIS), one run per image, as GitHub code scanning takes it. Unknowns are there twice: as notifications,
 * which is their place in the format, and as results of their own rules, since viewers that show results only would
 * take a run without any for an all-clear.
 */
export function renderSarif(reports: readonly Report[]): string {
  return printJson({
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: reports.map((report) => toRun(report, reports.length > 1)),
  });
}

function toRun(report: Report, oneOfMany: boolean): Readonly<Record<string, unknown>> {
  const rules = toRules(report);
  const { image } = report;
  return {
    tool: {
      driver: {
        name: 'Plimsoll',
        version: report.tool.version,
        semanticVersion: report.tool.version,
        rules,
        notifications: notificationDescriptors(report.unknowns),
      },
    },
    // Runs of one upload need categories of their own; for a single run the uploader chooses it.
    ...(oneOfMany ? { automationDetails: { id: `plimsoll/${image.platform ?? 'image'}/` } } : {}),
    // True with unknowns too: GitHub throws away all results of a run that says false.
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: [...report.unknowns.map(toNotification), ...coveredNotifications(report.covered)],
      },
    ],
    originalUriBaseIds: { IMAGE: { uri: 'file:///', description: { text: 'The root of the image.' } } },
    results: toResults(report, rules),
    columnKind: 'utf16CodeUnits',
    properties: {
      image: image.reference,
      digest: image.digest,
      platform: image.platform,
      hiddenFindings: report.hiddenFindings,
      coveredFindings: report.covered.findings.length,
      coveredUnknowns: report.covered.unknowns.length,
      ...policyProperties(report),
    },
  };
}
