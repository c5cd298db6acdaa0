import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { advisoriesDocument } from '#lib/advisories/configuration/index.ts';
import { advisoryProviders, defaultSources } from '#lib/advisories/providers/list.ts';
import { registriesFile } from '#lib/oci/settings/schema.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import { DOCUMENT_SCHEMAS } from '#lib/policy/documents/schema.ts';
import { exceptionImporters } from '#lib/policy/exceptions/importers/list.ts';
import { SCHEMA_VARIABLES } from '#lib/policy/facts/schema.ts';
import { shippedSet } from '#lib/policy/index.ts';
import { POLICY_LIBRARIES } from '#lib/policy/language/index.ts';
import { policyTestDocument } from '#lib/policy/test/schema.ts';
import { predicateReaders } from '#lib/trust/attestations/predicates/list.ts';
import { trustImporters } from '#lib/trust/configuration/importers/list.ts';
import { trustDocument } from '#lib/trust/configuration/schema.ts';
import { evidenceFormats } from '#lib/trust/formats/list.ts';
import { vexFormats } from '#lib/vex/formats/list.ts';
import { evidenceReportSchema } from '#model/evidence-schema.ts';
import { explanationSchema } from '#model/explanation-schema.ts';
import { factsSchema } from '#model/facts-schema.ts';
import { gateVerdictSchema } from '#model/gate-verdict-schema.ts';
import { ownEvidenceReportSchema } from '#model/own-evidence-schema.ts';
import { EVENT_TYPES } from '#model/platform/event.ts';
import { reportSchema } from '#model/report-schema.ts';
import { signingReportSchema } from '#model/signing-report-schema.ts';
import { verdictSchema } from '#model/verdict-schema.ts';
import { serverDocument } from '#server/config/schema.ts';
import { BUCKETS, METRICS } from '#server/metrics/catalogue.ts';
import { processFamilies } from '#server/metrics/meter.ts';
import { listFiles, root } from '../lib/files.ts';
import { advisoryFeedsPage } from './advisory-feeds.ts';
import { apiDescription, apiPage } from './api.ts';
import { catalogersPage } from './catalogers.ts';
import { catalogersIdentity } from './catalogers-identity.ts';
import { errorsPage } from './errors.ts';
import { eventsPage } from './events.ts';
import { contractOnly, evidencePage, experimental, proofsIn } from './evidence.ts';
import { evidenceFormatsPage } from './evidence-formats.ts';
import { type ExperimentalLimit, lowered } from './experimental-limit.ts';
import { factsPage } from './facts.ts';
import { limitsPage } from './limits.ts';
import { metricsPage } from './metrics.ts';
import { plimsollYamlPage } from './plimsoll-yaml.ts';
import { policiesPage } from './policies.ts';
import { policyFunctionsPage } from './policy-functions.ts';
import { policyImportersPage } from './policy-importers.ts';
import { predicatesPage } from './predicates.ts';
import {
  evidenceReportPage,
  explanationPage,
  gateVerdictPage,
  ownEvidenceReportPage,
  reportPage,
  type Schema,
  signingReportPage,
  verdictPage,
} from './report.ts';
import { type Skip, skipsPage } from './skips.ts';
import { readSource } from './source.ts';
import { trustImportersPage } from './trust-importers.ts';
import { vexFormatsPage } from './vex-formats.ts';

const catalogers = await loadCatalogers();
const shippedPolicies = await shippedSet();
const api = await apiDescription((readJson('package.json') as { readonly version: string }).version);

/** Every generated file by its path. Throws for sources from which a page cannot be made. */
export function generatePages(): ReadonlyMap<string, string> {
  const product = listFiles('src', '.ts').filter((path) => !path.endsWith('.test.ts'));
  const tests = ['src', 'test', 'tools'].flatMap((folder) => listFiles(folder, '.test.ts'));
  const proofs = proofsIn(tests.map(readSource));
  const limit = readJson('test/experimental-limit.json') as ExperimentalLimit;
  const schema = z.toJSONSchema(reportSchema);
  const advisories = advisoriesDocument(advisoryProviders.map(({ id }) => id));
  const evidenceSchema = z.toJSONSchema(evidenceReportSchema);
  const signingSchema = z.toJSONSchema(signingReportSchema);
  const ownEvidenceSchema = z.toJSONSchema(ownEvidenceReportSchema);
  const gateVerdict = z.toJSONSchema(gateVerdictSchema);
  const verdict = z.toJSONSchema(verdictSchema);
  const serverSchema = z.toJSONSchema(serverDocument, { io: 'input' });
  const explanation = z.toJSONSchema(explanationSchema);
  return new Map([
    ['docs/reference/advisories.schema.json', jsonSchemaPage(z.toJSONSchema(advisories, { io: 'input' }))],
    ['docs/reference/advisory-feeds.md', advisoryFeedsPage(advisoryProviders, defaultSources())],
    ['docs/reference/api.md', apiPage(api)],
    ['docs/reference/openapi.json', jsonSchemaPage(api)],
    ['docs/reference/catalogers.md', catalogersPage(catalogers)],
    ['docs/reference/errors.md', errorsPage(product.map(readSource))],
    ['docs/reference/events.md', eventsPage(EVENT_TYPES)],
    ['docs/reference/evidence.md', evidencePage(proofs)],
    ['docs/reference/evidence-formats.md', evidenceFormatsPage(evidenceFormats)],
    ...Object.entries(DOCUMENT_SCHEMAS).map(([kind, document]): [string, string] => [
      `docs/reference/${kind.toLowerCase()}.schema.json`,
      jsonSchemaPage(z.toJSONSchema(document, { io: 'input' })),
    ]),
    ['docs/reference/explanation.md', explanationPage(explanation as Schema)],
    ['docs/reference/explanation.schema.json', jsonSchemaPage(explanation)],
    ['docs/reference/facts.md', factsPage(SCHEMA_VARIABLES)],
    ['docs/reference/facts.schema.json', jsonSchemaPage(z.toJSONSchema(factsSchema))],
    ['docs/reference/gate-verdict.md', gateVerdictPage(gateVerdict as Schema)],
    ['docs/reference/gate-verdict.schema.json', jsonSchemaPage(gateVerdict)],
    ['docs/reference/limits.md', limitsPage(readSource('src/base/limits.ts'))],
    ['docs/reference/metrics.md', metricsPage(METRICS, processFamilies(0), BUCKETS)],
    ['docs/reference/plimsoll-yaml.md', plimsollYamlPage(serverSchema as Parameters<typeof plimsollYamlPage>[0])],
    ['docs/reference/plimsoll-yaml.schema.json', jsonSchemaPage(serverSchema)],
    ['docs/reference/registries.schema.json', jsonSchemaPage(z.toJSONSchema(registriesFile, { io: 'input' }))],
    ['docs/reference/evidence-report.md', evidenceReportPage(evidenceSchema as Schema)],
    ['docs/reference/evidence-report.schema.json', jsonSchemaPage(evidenceSchema)],
    ['docs/reference/own-evidence-report.md', ownEvidenceReportPage(ownEvidenceSchema as Schema)],
    ['docs/reference/own-evidence-report.schema.json', jsonSchemaPage(ownEvidenceSchema)],
    ['docs/reference/policies.md', policiesPage(shippedPolicies)],
    ['docs/reference/policy-functions.md', policyFunctionsPage(POLICY_LIBRARIES)],
    ['docs/reference/predicates.md', predicatesPage(predicateReaders)],
    ['docs/reference/report.md', reportPage(schema as Schema)],
    ['docs/reference/report.schema.json', jsonSchemaPage(schema)],
    ['docs/reference/signing-report.md', signingReportPage(signingSchema as Schema)],
    ['docs/reference/signing-report.schema.json', jsonSchemaPage(signingSchema)],
    ['docs/reference/trust-importers.md', trustImportersPage(trustImporters)],
    ['docs/reference/policy-test.schema.json', jsonSchemaPage(z.toJSONSchema(policyTestDocument, { io: 'input' }))],
    ['docs/reference/policy-importers.md', policyImportersPage(exceptionImporters)],
    ['docs/reference/trust.schema.json', jsonSchemaPage(z.toJSONSchema(trustDocument, { io: 'input' }))],
    ['docs/reference/vex-formats.md', vexFormatsPage(vexFormats)],
    ['docs/reference/verdict.md', verdictPage(verdict as Schema)],
    ['docs/reference/verdict.schema.json', jsonSchemaPage(verdict)],
    ['docs/reference/skips.md', skipsPage(readJson('test/skips.json') as readonly Skip[])],
    ['src/lib/packages/identity.ts', catalogersIdentity(catalogers)],
    ['test/experimental-limit.json', lowered(limit, experimental(proofs), contractOnly(proofs))],
  ]);
}

function jsonSchemaPage(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(resolve(root, path), 'utf8'));
}
