import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { registriesFile } from '#lib/oci/settings/schema.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import { predicateReaders } from '#lib/trust/attestations/predicates/list.ts';
import { trustImporters } from '#lib/trust/configuration/importers/list.ts';
import { trustDocument } from '#lib/trust/configuration/schema.ts';
import { evidenceFormats } from '#lib/trust/formats/list.ts';
import { evidenceReportSchema } from '#model/evidence-schema.ts';
import { ownEvidenceReportSchema } from '#model/own-evidence-schema.ts';
import { reportSchema } from '#model/report-schema.ts';
import { signingReportSchema } from '#model/signing-report-schema.ts';
import { verdictSchema } from '#model/verdict-schema.ts';
import { listFiles, root } from '../lib/files.ts';
import { catalogersPage } from './catalogers.ts';
import { catalogersIdentity } from './catalogers-identity.ts';
import { errorsPage } from './errors.ts';
import { contractOnly, evidencePage, experimental, proofsIn } from './evidence.ts';
import { evidenceFormatsPage } from './evidence-formats.ts';
import { type ExperimentalLimit, lowered } from './experimental-limit.ts';
import { limitsPage } from './limits.ts';
import { predicatesPage } from './predicates.ts';
import {
  evidenceReportPage,
  ownEvidenceReportPage,
  reportPage,
  type Schema,
  signingReportPage,
  verdictPage,
} from './report.ts';
import { type Skip, skipsPage } from './skips.ts';
import { readSource } from './source.ts';
import { trustImportersPage } from './trust-importers.ts';

const catalogers = await loadCatalogers();

/** Every generated file by its path. Throws for sources from which a page cannot be made. */
export function generatePages(): ReadonlyMap<string, string> {
  const product = listFiles('src', '.ts').filter((path) => !path.endsWith('.test.ts'));
  const tests = ['src', 'test', 'tools'].flatMap((folder) => listFiles(folder, '.test.ts'));
  const proofs = proofsIn(tests.map(readSource));
  const limit = readJson('test/experimental-limit.json') as ExperimentalLimit;
  const schema = z.toJSONSchema(reportSchema);
  const evidenceSchema = z.toJSONSchema(evidenceReportSchema);
  const signingSchema = z.toJSONSchema(signingReportSchema);
  const ownEvidenceSchema = z.toJSONSchema(ownEvidenceReportSchema);
  const verdict = z.toJSONSchema(verdictSchema);
  return new Map([
    ['docs/reference/catalogers.md', catalogersPage(catalogers)],
    ['docs/reference/errors.md', errorsPage(product.map(readSource))],
    ['docs/reference/evidence.md', evidencePage(proofs)],
    ['docs/reference/evidence-formats.md', evidenceFormatsPage(evidenceFormats)],
    ['docs/reference/limits.md', limitsPage(readSource('src/base/limits.ts'))],
    ['docs/reference/registries.schema.json', jsonSchemaPage(z.toJSONSchema(registriesFile, { io: 'input' }))],
    ['docs/reference/evidence-report.md', evidenceReportPage(evidenceSchema as Schema)],
    ['docs/reference/evidence-report.schema.json', jsonSchemaPage(evidenceSchema)],
    ['docs/reference/own-evidence-report.md', ownEvidenceReportPage(ownEvidenceSchema as Schema)],
    ['docs/reference/own-evidence-report.schema.json', jsonSchemaPage(ownEvidenceSchema)],
    ['docs/reference/predicates.md', predicatesPage(predicateReaders)],
    ['docs/reference/report.md', reportPage(schema as Schema)],
    ['docs/reference/report.schema.json', jsonSchemaPage(schema)],
    ['docs/reference/signing-report.md', signingReportPage(signingSchema as Schema)],
    ['docs/reference/signing-report.schema.json', jsonSchemaPage(signingSchema)],
    ['docs/reference/trust-importers.md', trustImportersPage(trustImporters)],
    ['docs/reference/trust.schema.json', jsonSchemaPage(z.toJSONSchema(trustDocument, { io: 'input' }))],
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
