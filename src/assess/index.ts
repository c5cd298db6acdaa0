import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { AdvisoriesConfiguration } from '#lib/advisories/index.ts';
import type {
  ExceptionImport,
  FolderFile,
  ImportedExceptions,
  PolicyTestRun,
  Replay,
  RuleExplanation,
} from '#lib/policy/index.ts';
import type { RefreshedTrustRoot, TrustDescription } from '#lib/trust/index.ts';
import type { AdvisorySourceSetting } from '#model/advisory-source.ts';
import type { EvidenceReport } from '#model/evidence.ts';
import type { Explanation } from '#model/explanation.ts';
import type { OwnEvidenceReport } from '#model/own-evidence-report.ts';
import type { PolicyException, PolicySet } from '#model/policy.ts';
import type { Report, ReportTool } from '#model/report.ts';
import type { SigningReport } from '#model/signing-report.ts';
import type { KeyAccess } from '#store/keys/index.ts';
import type { Advisories, AdvisoriesOptions } from './advisories.ts';
import type { ExportOptions, ExportReport } from './advisory-artifact/export.ts';
import type { ImportOptions, ImportReport } from './advisory-artifact/import.ts';
import type { AssessEvidenceOptions } from './assess-evidence.ts';
import type * as Moving from './moving/index.ts';
import type { OwnEvidenceOptions, OwnEvidenceWork } from './own-evidence/attest.ts';
import type { ActivePolicies, PolicyChoice } from './policy/active.ts';
import type { CheckedPolicies } from './policy/check.ts';
import type { Judged, JudgeRequest } from './policy/judge.ts';
import type { ExportBundleOptions, ExportedBundle } from './policy-artifact/export.ts';
import type { ExportedVex } from './policy-exceptions/openvex.ts';
import type { KeyDescription } from './show-key.ts';
import type { SignImageOptions, SigningWork } from './sign.ts';
import type { AnalyseStoredOptions, StoredAnalysis, StoredImage } from './stored/analyse-stored.ts';
import type { StoredAssessor, StoredAssessorOptions } from './stored/assessor.ts';
import type { AttachedOwn, OwnKnowledge, OwnPlace, OwnSigner } from './stored/attach-own.ts';
import type * as StoredPolicy from './stored/policy.ts';
import type { UpdateTrustRootOptions } from './trust-root.ts';

export type {
  CaseResult,
  ExplainedException,
  ExplainedExpression,
  ImportedExceptions,
  PolicyTestRun,
  Replay,
  RuleCoverage,
  RuleExplanation,
} from '#lib/policy/index.ts';
export type { TrustConfiguration as StoredTrust } from '#lib/trust/index.ts';
export type { Advisories, ShardStatus, ShownAdvisory, UpdateResult } from './advisories.ts';
export type { ExportReport } from './advisory-artifact/export.ts';
export type { ImportReport } from './advisory-artifact/import.ts';
export type { AssessProgress } from './assess.ts';
export { assess } from './assess.ts';
export { judge } from './gate.ts';
export type { Dictionary, MovingAdvisories, PackageGroup, ShardNews } from './moving/index.ts';
export type { OwnEvidenceWork } from './own-evidence/attest.ts';
export type { ActivePolicies, PolicyChoice, PolicySource } from './policy/active.ts';
export type { CheckedPolicies } from './policy/check.ts';
export type { Judged, JudgedFacts, JudgeRequest } from './policy/judge.ts';
export { isBundleReference } from './policy-artifact/bundle.ts';
export type { ExportedBundle } from './policy-artifact/export.ts';
export type { ExportedVex } from './policy-exceptions/openvex.ts';
export { showSeverities } from './report.ts';
export type { KeyDescription } from './show-key.ts';
export type { SignedPart, SigningWork } from './sign.ts';
export type { ServiceSource, SignerSource, SigningOptions } from './signing.ts';
export type { StoredAnalysis, StoredImage } from './stored/analyse-stored.ts';
export type { StoredAssessor, StoredAssessorOptions } from './stored/assessor.ts';
export type { AttachedOwn, OwnKnowledge, OwnPlace, OwnSigner } from './stored/attach-own.ts';
export type { StoredOrigin } from './stored/origin.ts';
export type { StoredReportRequest } from './stored/report-of-stored.ts';
export type { TrustSource } from './trust.ts';

/** The inventory of an image in a store of ours, put together in processes that may do nothing else. What that takes is loaded when it is asked for. */
export async function analyseStored(image: StoredImage, options: AnalyseStoredOptions): Promise<StoredAnalysis> {
  const { analyseStored: run } = await import('./stored/analyse-stored.ts');
  return await run(image, options);
}

/** Reports and verdicts of images in a store of ours. What that takes is loaded when it is asked for. */
export async function openStoredAssessor(options: StoredAssessorOptions): Promise<StoredAssessor> {
  const { openStoredAssessor: open } = await import('./stored/assessor.ts');
  return open(options);
}

/** See `attachOwn` of stored images. What that takes is loaded when it is asked for. */
export async function attachOwn(place: OwnPlace, known: OwnKnowledge, signer: OwnSigner): Promise<AttachedOwn> {
  const { attachOwn: run } = await import('./stored/attach-own.ts');
  return await run(place, known, signer);
}

/** See `attachStatement` of stored images. What that takes is loaded when it is asked for. */
export async function attachOwnStatement(
  place: OwnPlace,
  statement: { readonly name: string; readonly type: string; readonly predicate: object },
  signer: OwnSigner,
): Promise<AttachedOwn> {
  const { attachStatement: run } = await import('./stored/attach-own.ts');
  return await run(place, statement, signer);
}

/** What hangs on an image, judged by a trust configuration. What that takes is loaded when it is asked for. */
export async function assessEvidence(reference: string, options: AssessEvidenceOptions): Promise<EvidenceReport> {
  const { assessEvidence: run } = await import('./assess-evidence.ts');
  return await run(reference, options);
}

/** Where feeds are taken from when nothing is set. */
export async function defaultAdvisorySources(): Promise<readonly AdvisorySourceSetting[]> {
  const { defaultSources } = await import('#lib/advisories/index.ts');
  return defaultSources();
}

/** Where a file of `kind: Advisories` (absolute) says that feeds are taken from. Throws `ADVISORIES_CONFIGURATION_INVALID`, and the system's error for a file that cannot be read. */
export async function loadAdvisorySources(path: string): Promise<AdvisoriesConfiguration> {
  const { readAdvisoriesConfiguration } = await import('#lib/advisories/index.ts');
  return await readAdvisoriesConfiguration(await readFileBounded(path, LIMITS.advisoriesConfigurationBytes), path);
}

/** Packs the shards of the configured sources into a signed artifact. What that takes is loaded when it is asked for. */
export async function exportAdvisories(
  reference: string,
  needed: readonly string[],
  options: ExportOptions,
): Promise<ExportReport> {
  const { exportAdvisories: run } = await import('./advisory-artifact/export.ts');
  return await run(reference, needed, options);
}

/** Takes over the shards of such an artifact. What that takes is loaded when it is asked for. */
export async function importAdvisories(
  reference: string,
  needed: readonly string[],
  options: ImportOptions,
): Promise<ImportReport> {
  const { importAdvisories: run } = await import('./advisory-artifact/import.ts');
  return await run(reference, needed, options);
}

/** See `folderSet`. What that takes is loaded when it is asked for. */
export async function folderSet(path: string | null, named: (path: string) => string): Promise<PolicySet> {
  const { folderSet: run } = await import('./policy-artifact/folder.ts');
  return await run(path, named);
}

/** What another scanner ignores, as exceptions. What that takes is loaded when it is asked for. */
export async function importExceptions(work: ExceptionImport): Promise<ImportedExceptions> {
  const { importExceptions: run } = await import('#lib/policy/index.ts');
  return run(work);
}

/** Exceptions as OpenVEX. What that takes is loaded when it is asked for. */
export async function exportVex(
  exceptions: readonly PolicyException[],
  tool: ReportTool,
  now: number,
): Promise<ExportedVex> {
  const { exportVex: run } = await import('./policy-exceptions/openvex.ts');
  return run(exceptions, tool, now);
}

/** Packs policies into a signed bundle. What that takes is loaded when it is asked for. */
export async function exportBundle(
  set: PolicySet,
  reference: string,
  options: ExportBundleOptions,
): Promise<ExportedBundle> {
  const { exportBundle: run } = await import('./policy-artifact/export.ts');
  return await run(set, reference, options);
}

/** What feeds know. What that takes is loaded when they are asked for. */
export async function openAdvisories(options: AdvisoriesOptions): Promise<Advisories> {
  const { openAdvisories: open } = await import('./advisories.ts');
  return open(options);
}

/** Why an id or alias is, or is not, among the findings of a report, by the advisories that it was made with. */
export async function explain(
  id: string,
  report: Report,
  advisories: Pick<Advisories, 'shard' | 'show' | 'offers'>,
): Promise<Explanation> {
  const { explain: run } = await import('./explain.ts');
  return await run(id, report, advisories);
}

/** The trust configuration of a file in words. Throws what loading it throws. `now` in milliseconds since 1970. */
export async function showTrust(path: string, now: number): Promise<TrustDescription> {
  const { showTrust: show } = await import('./trust.ts');
  return await show(path, now);
}

/** The trust root that a TUF repository has now. What that takes is loaded when it is asked for. */
export async function updateTrustRoot(options: UpdateTrustRootOptions): Promise<RefreshedTrustRoot> {
  const { updateTrustRoot: update } = await import('./trust-root.ts');
  return await update(options);
}

/** Signs or attests an image. What that takes is loaded when it is asked for. */
export async function signImage(
  reference: string,
  work: SigningWork,
  options: SignImageOptions,
): Promise<SigningReport> {
  const { signImage: run } = await import('./sign.ts');
  return await run(reference, work, options);
}

/** Scans an image and attaches what is known of it. What that takes is loaded when it is asked for. */
export async function attestOwnEvidence(
  reference: string,
  work: OwnEvidenceWork,
  options: OwnEvidenceOptions,
): Promise<OwnEvidenceReport> {
  const { attestOwnEvidence: run } = await import('./own-evidence/attest.ts');
  return await run(reference, work, options);
}

/** What may be told of a key. What that takes is loaded when it is asked for. */
export async function showKey(reference: string, access: KeyAccess): Promise<KeyDescription> {
  const { showKey: run } = await import('./show-key.ts');
  return await run(reference, access);
}

/** All that is wrong or unwise in the policies of files and folders (absolute). What that takes is loaded when it is asked for. */
export async function checkFolder(
  paths: readonly string[],
  options: { readonly now: number; readonly named: (path: string) => string },
): Promise<CheckedPolicies> {
  const { checkFolder: run } = await import('./policy/check.ts');
  return await run(paths, options);
}

/** The files of documents in files and folders (absolute), as `policy check` finds them. What that takes is loaded when it is asked for. */
export async function readDocumentFiles(paths: readonly string[]): Promise<readonly FolderFile[]> {
  const { readPolicyPaths } = await import('./policy/files.ts');
  return await readPolicyPaths(paths);
}

/** Runs the cases of a folder of policies (absolute); those of what ships for null. What that takes is loaded when it is asked for. */
export async function testPolicies(
  folder: string | null,
  options: { readonly named: (path: string) => string },
): Promise<PolicyTestRun> {
  const { testPolicies: run } = await import('./policy/test.ts');
  return await run(folder, options);
}

/** The policies that are active, read and checked. What that takes is loaded when it is asked for. */
export async function loadPolicies(choice: PolicyChoice): Promise<ActivePolicies> {
  const { loadPolicies: run } = await import('./policy/active.ts');
  return await run(choice);
}

/** What policy says of the image of a report. */
export async function judgeReport(report: Report, request: JudgeRequest): Promise<Judged> {
  const { judgeReport: run } = await import('./policy/judge.ts');
  return await run(report, request);
}

/** Evaluates again what a record is about. */
export async function replayRecord(record: string, home: string): Promise<Replay> {
  const { replayRecord: run } = await import('./policy/replay.ts');
  return await run(record, home);
}

/** One rule of a record, walked through. */
export async function explainRecord(record: string, rule: string, home: string): Promise<RuleExplanation> {
  const { explainRecord: run } = await import('./policy/replay.ts');
  return await run(record, rule, home);
}

/** Documents of policy to begin with, by the names of their files. */
export async function starterPolicies(): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> {
  const { starterFiles } = await import('#lib/policy/index.ts');
  return await starterFiles();
}

/** Removes records of verdicts before an instant, and what no other is made of. */
export async function pruneRecords(
  home: string,
  { before, now }: { readonly before: number; readonly now: number },
): Promise<{ readonly records: number; readonly objects: number }> {
  const { PolicyStore } = await import('#store/policy/index.ts');
  return await new PolicyStore(home).prune(before, now);
}

/** How what is stored follows other advisories. What that takes is loaded when it is asked for. */
export async function loadMoving(): Promise<typeof Moving> {
  return await import('./moving/index.ts');
}

/** What policies say of stored images. For whoever judges them: no command needs it. */
export async function loadStoredPolicy(): Promise<typeof StoredPolicy> {
  return await import('./stored/policy.ts');
}
