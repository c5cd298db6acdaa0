import type { FuzzTarget } from '../../tools/fuzz/target.ts';
import { advisoryManifest } from './advisory-manifest.ts';
import { binaryTexts } from './binary-texts.ts';
import { cbor } from './cbor.ts';
import { cel } from './cel.ts';
import { certificate } from './certificate.ts';
import { checkpoint } from './checkpoint.ts';
import { chiselManifest } from './chisel-manifest.ts';
import { cose } from './cose.ts';
import { cosignManifest } from './cosign-manifest.ts';
import { crlOcsp } from './crl-ocsp.ts';
import { csaf } from './csaf.ts';
import { cyclonedx } from './cyclonedx.ts';
import { cyclonedxVex } from './cyclonedx-vex.ts';
import { der } from './der.ts';
import { distributionFeeds } from './distribution-feeds.ts';
import { dsse } from './dsse.ts';
import { elf } from './elf.ts';
import { erlangApp } from './erlang-app.ts';
import { feedMembers } from './feed-members.ts';
import { findlibMeta } from './findlib-meta.ts';
import { flatpakDeployment } from './flatpak-deployment.ts';
import { gemspec } from './gemspec.ts';
import { ignoreFiles } from './ignore-files.ts';
import { javascriptLocks } from './javascript-locks.ts';
import { jws } from './jws.ts';
import { lifecycleFeeds } from './lifecycle-feeds.ts';
import { linuxKernel } from './linux-kernel.ts';
import { lockFiles } from './lock-files.ts';
import { logBody } from './log-body.ts';
import { luaLiterals } from './lua-literals.ts';
import { macho } from './macho.ts';
import { modelHeader } from './model-header.ts';
import { openpgp } from './openpgp.ts';
import { openvex } from './openvex.ts';
import { packageLists } from './package-lists.ts';
import { pe } from './pe.ts';
import { pearRegistration } from './pear-registration.ts';
import { policyDocuments } from './policy-documents.ts';
import { policyFunctions } from './policy-functions.ts';
import { policyTests } from './policy-tests.ts';
import { pushedManifest } from './pushed-manifest.ts';
import { pythonMetadata } from './python-metadata.ts';
import { registryPath } from './registry-path.ts';
import { releaseFiles } from './release-files.ts';
import { rpmdbBdb } from './rpmdb-bdb.ts';
import { rpmdbNdb } from './rpmdb-ndb.ts';
import { rpmdbSqlite } from './rpmdb-sqlite.ts';
import { sbomStatement } from './sbom-statement.ts';
import { scriptingMetadata } from './scripting-metadata.ts';
import { signalFeeds } from './signal-feeds.ts';
import { sigstoreBundle } from './sigstore-bundle.ts';
import { smallerEcosystems } from './smaller-ecosystems.ts';
import { snapDescription } from './snap-description.ts';
import { spdxJson } from './spdx-json.ts';
import { statement } from './statement.ts';
import { tagValue } from './tag-value.ts';
import { timestampToken } from './timestamp-token.ts';
import { toml } from './toml.ts';
import { trustConfiguration } from './trust-configuration.ts';
import { trustRoot } from './trust-root.ts';
import { versionTexts } from './version-texts.ts';
import { xz } from './xz.ts';
import { yarnState } from './yarn-state.ts';
import { zip } from './zip.ts';

/** Every fuzz target, sorted by id. Adding one is a file of this folder, and a line here. */
export const fuzzTargets: readonly FuzzTarget[] = [
  advisoryManifest,
  binaryTexts,
  cbor,
  cel,
  certificate,
  checkpoint,
  chiselManifest,
  cose,
  cosignManifest,
  crlOcsp,
  csaf,
  cyclonedx,
  cyclonedxVex,
  der,
  distributionFeeds,
  dsse,
  elf,
  erlangApp,
  feedMembers,
  findlibMeta,
  flatpakDeployment,
  gemspec,
  ignoreFiles,
  javascriptLocks,
  jws,
  lifecycleFeeds,
  linuxKernel,
  lockFiles,
  logBody,
  luaLiterals,
  macho,
  modelHeader,
  openpgp,
  openvex,
  packageLists,
  pe,
  pearRegistration,
  policyDocuments,
  policyFunctions,
  policyTests,
  pushedManifest,
  pythonMetadata,
  registryPath,
  releaseFiles,
  rpmdbBdb,
  rpmdbNdb,
  rpmdbSqlite,
  sbomStatement,
  scriptingMetadata,
  signalFeeds,
  sigstoreBundle,
  smallerEcosystems,
  snapDescription,
  spdxJson,
  statement,
  tagValue,
  timestampToken,
  toml,
  trustConfiguration,
  trustRoot,
  versionTexts,
  xz,
  yarnState,
  zip,
];
