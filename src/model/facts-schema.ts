import { z } from 'zod';
import { SEVERITIES } from './advisory.ts';
import { LICENSE_CLASSES } from './facts.ts';
import { CONFIDENCES, PACKAGE_TYPES } from './package.ts';
import { EXPOSURES, STAGES } from './policy.ts';
import { count, digest, instant } from './schema-parts.ts';
import { UNKNOWN_KINDS } from './unknown.ts';
import { DECISIONS } from './verdict.ts';

/**
 * The published schema of what a policy may see, from which the types that its expressions are checked against are made
 * (`lib/policy/facts`). `facts-schema.test.ts` holds it together with the interfaces of `facts.ts`. Titles are names of types.
 */
const texts = z.array(z.string());
const ratio = z.number();

const distribution = z
  .strictObject({
    id: z.string().describe('`ID` of os-release: `debian`.'),
    version: z.string().describe('`VERSION_ID`; empty for none.'),
    codename: z.string().describe('`VERSION_CODENAME`; empty for none.'),
  })
  .meta({ title: 'Distribution' });

const image = z
  .strictObject({
    reference: z.string().describe('As it was asked for.'),
    repository: z.string().nullable().describe('`registry/path` in its usual spelling; null for no registry.'),
    digest: digest.nullable().describe('Of the platform manifest; null where there is none.'),
    index: digest.nullable().describe('Of the index it was chosen from; null where there was none.'),
    platform: z.string().nullable().describe('`os/architecture[/variant]`.'),
    created: instant.nullable().describe('When the image says it was made; null where it does not.'),
    user: z.string().describe('Whom its process runs as; empty for root by default.'),
    entrypoint: texts.describe('The command and its first arguments.'),
    cmd: texts.describe('Further arguments, or the command.'),
    env: texts.describe('`NAME=value` each.'),
    workingDir: z.string().describe('Where the process starts; empty where it is not said.'),
    labels: z.record(z.string(), z.string()).describe('As written.'),
    exposedPorts: texts.describe('`8080/tcp`.'),
    size: count.nullable().describe('Of all layers as stored, in bytes; null where it is not known.'),
    layers: z
      .array(digest)
      .describe(
        'DiffIDs, lowest first, up to the first that is not known; empty for a root file system and where only a document says them.',
      ),
    content: z.enum(['read', 'cached', 'declared']).describe('`declared`: only a document about the image was read.'),
    distribution: distribution.nullable().describe('Null where the image does not say.'),
  })
  .meta({ title: 'Image' });

const packageFact = z
  .strictObject({
    type: z.enum(PACKAGE_TYPES).describe('The type of its package URL.'),
    name: z.string().describe('As the ecosystem writes it.'),
    version: z.string().describe('Empty where there is none.'),
    purl: z.string().describe('The package URL.'),
    source: z.string().describe('Name of the source package; empty where there is none.'),
    architecture: z.string().describe('As the database writes it; empty where it does not.'),
    vendor: z.string().describe('As the database says; empty where it does not.'),
    licenses: texts.describe('As written.'),
    confidence: z.enum(['installed', ...CONFIDENCES]).describe('How sure it is that the package is there.'),
    layer: digest.nullable().describe('The diffID of the layer that brought it in.'),
    paths: texts.describe('The files that say it is there.'),
    dependsOn: texts.describe('Package URLs of what it needs.'),
    origin: z
      .string()
      .describe('From where it was got, as its installer or its package URL says; empty where neither does.'),
    released: instant.nullable().describe('When its version was published; null where nobody says.'),
  })
  .meta({ title: 'Package' });

const excepted = z
  .strictObject({
    status: z.enum(['not_affected', 'fixed']).describe('In the words of OpenVEX.'),
    justification: z.string().nullable().describe("One of OpenVEX's; null where the author uses other words."),
    author: z.string().describe('Who says so.'),
    document: z.string().describe('The identifier of the document.'),
    expires: instant.nullable().describe('From when on it no longer counts; null for no end.'),
  })
  .meta({ title: 'Excepted' });

const findingPackage = z
  .strictObject({
    purl: z.string().describe('Empty for a distribution or a file.'),
    name: z.string().describe('Its name.'),
    version: z.string().describe('Its version.'),
  })
  .meta({ title: 'FindingPackage' });

const finding = z
  .strictObject({
    kind: z.enum(['vulnerability', 'sbom-mismatch', 'end-of-life']).describe('What is wrong.'),
    id: z.string().describe('The CVE where there is one.'),
    aliases: texts.describe('Its other names.'),
    severity: z.enum(SEVERITIES).describe('`unknown` where nobody has rated it.'),
    score: ratio.nullable().describe('CVSS, 0 to 10; null where nobody says.'),
    risk: ratio.nullable().describe('0 to 100; null where it was not ranked.'),
    package: findingPackage.describe('What it is about.'),
    fixedIn: z.string().describe('The lowest version that repairs it; empty where none is known.'),
    state: z.string().describe('`fixed`, `affected`, `will_not_fix`; empty for what is no vulnerability.'),
    title: z.string().describe('In a few words.'),
    paths: texts.describe('Where the package is.'),
    published: instant.nullable().describe('The earliest that the matched advisories say; null where none does.'),
    malicious: z.boolean().describe('The package was made to do harm.'),
    knownExploited: z.boolean().describe('In a catalogue of what has been seen exploited.'),
    epss: ratio.nullable().describe('Probability of exploitation in 30 days, 0 to 1; null where nobody says.'),
    informational: z.string().describe('`unmaintained`, `unsound`, `notice`; empty for a vulnerability.'),
    excepted: excepted.nullable().describe('Why it does not count, by a VEX document; null where it does.'),
  })
  .meta({ title: 'Finding' });

const base = z
  .strictObject({
    name: z.string().describe('As claimed; empty where nothing says.'),
    digest: digest.nullable().describe('As claimed; null where nothing says.'),
    claimedBy: z.enum(['label', 'provenance']).nullable().describe('Who says so: nobody has checked a label.'),
  })
  .meta({ title: 'Base' });

const lifecycle = z
  .strictObject({
    product: z.string().describe('`debian`, `nodejs`.'),
    release: z.string().describe('`12`, `3.9`.'),
    package: z.string().describe('The package URL of the runtime; empty for the distribution.'),
    endOfLife: instant.nullable().describe('The first instant after the last day of support; null where none is set.'),
    extendedUntil: instant.nullable().describe('The same of support that is bought; null where there is none.'),
    ended: z.boolean().describe('Support has ended, and the source does not say when.'),
  })
  .meta({ title: 'Lifecycle' });

const license = z
  .strictObject({
    id: z.string().describe('An SPDX identifier, or the text as written.'),
    class: z.enum(LICENSE_CLASSES).describe('How far it reaches; `unknown` where it is not in the list.'),
    packages: count.describe('How many have it.'),
  })
  .meta({ title: 'License' });

const unknown = z
  .strictObject({
    kind: z.enum(UNKNOWN_KINDS).describe('What is not known.'),
    path: z.string().describe('The file in the image; empty where none is meant.'),
    analyser: z.string().describe('What gave up.'),
    reason: z.string().describe('What was expected and what was found.'),
    hidesFindings: z.boolean().describe('Whether there may be a finding behind it.'),
  })
  .meta({ title: 'Unknown' });

const identity = z
  .strictObject({
    kind: z.enum(['key', 'keyless', 'x509']).describe('What proves it.'),
    name: z.string().describe("A key's fingerprint, a certificate's subject or subject alternative name."),
    issuer: z.string().nullable().describe("The OIDC issuer, or the certificate's; null for a key."),
  })
  .meta({ title: 'Identity' });

const signature = z
  .strictObject({
    subject: digest.describe('The manifest it is about: the image or its index.'),
    format: z.string().describe('The evidence format.'),
    signer: z.string().describe('The name of the signer in the trust configuration.'),
    operator: z.string().describe('Who runs that signer.'),
    identity: identity.describe('By what it was accepted.'),
    time: instant.nullable().describe('The earliest that somebody vouches for; null where nobody does.'),
  })
  .meta({ title: 'Signature' });

const statement = signature
  .extend({
    predicateType: z.string().describe('What it states.'),
    blob: digest.describe('Of the blob that holds it.'),
    superseded: z.boolean().describe('A newer one of its kind and signer is there.'),
    builder: z.string().describe('Of provenance; empty elsewhere.'),
    buildType: z.string().describe('Of provenance; empty elsewhere.'),
    source: z.string().describe('Of provenance: from which repository; empty elsewhere.'),
    level: count.describe('SLSA build level that the trust configuration grants, or the summary says; 0 for none.'),
    result: z.string().describe('`PASSED`, `FAILED`, `WARNED` of a test result or summary; empty elsewhere.'),
    mismatches: count.nullable().describe('Of an SBOM: where it and the image differ; null where it was not compared.'),
  })
  .meta({ title: 'Statement' });

const evidence = z
  .strictObject({
    looked: z.boolean().describe('Whether somebody looked. False is not "there is none".'),
    complete: z.boolean().describe('Whether every place where evidence may be could be read.'),
    verification: z.enum(['accepted', 'refused', 'unknown', 'none']).describe('By the trust configuration.'),
    signatures: z.array(signature).describe('Accepted ones only.'),
    statements: z.array(statement).describe('Accepted ones only.'),
  })
  .meta({ title: 'Evidence' });

const advisories = z
  .strictObject({
    ecosystem: z.string().describe('`Alpine`, `npm`.'),
    revision: digest.describe("Of the feed's archive."),
    newest: instant.nullable().describe('When the newest advisory was modified; null for an empty feed.'),
    checked: instant.describe('When the feed was last fetched or found unchanged.'),
    staleFrom: instant.nullable().describe('From when on they are too old to stand for today; null for never.'),
  })
  .meta({ title: 'Advisories' });

const history = z
  .strictObject({
    environment: z.string().describe('Where it was asked.'),
    decision: z.enum(DECISIONS).describe('What was said.'),
    decidedAt: instant.describe('When.'),
    broken: texts.describe('Rules that were broken, whatever came of it, or that an exception made a difference to.'),
    record: digest.describe('Of the record.'),
  })
  .meta({ title: 'Decision' });

/** Each part of the facts, by its name. */
export const factsSchema = z
  .strictObject({
    image: image.describe('The image of one platform.'),
    packages: z.array(packageFact).describe('What is in it.'),
    findings: z.array(finding).describe('What is known to be wrong with it; those that VEX documents except too.'),
    base: base.describe('What it says it was built on.'),
    lifecycle: z.array(lifecycle).describe('How long its distribution and runtimes are supported.'),
    licenses: z.array(license).describe('Every licence in it.'),
    unknowns: z.array(unknown).describe('What could not be found out.'),
    evidence: evidence.describe('What trusted signers say of it.'),
    advisories: z.array(advisories).describe('What the findings were matched against.'),
    history: z.array(history).describe('What was decided of this digest in this installation, oldest first.'),
  })
  .meta({ title: 'Facts' })
  .describe('What a policy may see of one image of one platform.');

/** Not a fact: where and when is asked. */
export const contextSchema = z
  .strictObject({
    time: instant.describe('When is asked. The only clock there is.'),
    stage: z.enum(STAGES).describe('Where in the chain.'),
    environment: z.string().describe('Its name.'),
    project: z.string().nullable().describe('Null where it is not said.'),
    actor: z.string().nullable().describe('Who asks; null where it is not said.'),
    cluster: z.string().nullable().describe('Null where it is not said.'),
    namespace: z.string().nullable().describe('Null where it is not said.'),
    exposure: z.enum(EXPOSURES).nullable().describe('Who can get at what runs; null where it is not said.'),
  })
  .meta({ title: 'Context' });

/** See `FactsManifest`. */
export const factsManifestSchema = z.strictObject({
  schemaVersion: z.literal('1.0'),
  parts: z.strictObject({
    image: digest,
    packages: digest,
    findings: digest,
    base: digest,
    lifecycle: digest,
    licenses: digest,
    unknowns: digest,
    evidence: digest,
    advisories: digest,
    history: digest,
  }),
});
