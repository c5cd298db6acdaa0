import type { FuzzTarget } from '../../tools/fuzz/target.ts';
import { binaryTexts } from './binary-texts.ts';
import { cbor } from './cbor.ts';
import { certificate } from './certificate.ts';
import { checkpoint } from './checkpoint.ts';
import { chiselManifest } from './chisel-manifest.ts';
import { cose } from './cose.ts';
import { cosignManifest } from './cosign-manifest.ts';
import { crlOcsp } from './crl-ocsp.ts';
import { cyclonedx } from './cyclonedx.ts';
import { der } from './der.ts';
import { dsse } from './dsse.ts';
import { elf } from './elf.ts';
import { erlangApp } from './erlang-app.ts';
import { findlibMeta } from './findlib-meta.ts';
import { flatpakDeployment } from './flatpak-deployment.ts';
import { gemspec } from './gemspec.ts';
import { javascriptLocks } from './javascript-locks.ts';
import { jws } from './jws.ts';
import { linuxKernel } from './linux-kernel.ts';
import { lockFiles } from './lock-files.ts';
import { logBody } from './log-body.ts';
import { luaLiterals } from './lua-literals.ts';
import { macho } from './macho.ts';
import { modelHeader } from './model-header.ts';
import { packageLists } from './package-lists.ts';
import { pe } from './pe.ts';
import { pearRegistration } from './pear-registration.ts';
import { pythonMetadata } from './python-metadata.ts';
import { releaseFiles } from './release-files.ts';
import { rpmdbBdb } from './rpmdb-bdb.ts';
import { rpmdbNdb } from './rpmdb-ndb.ts';
import { rpmdbSqlite } from './rpmdb-sqlite.ts';
import { sbomStatement } from './sbom-statement.ts';
import { scriptingMetadata } from './scripting-metadata.ts';
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
  binaryTexts,
  cbor,
  certificate,
  checkpoint,
  chiselManifest,
  cose,
  cosignManifest,
  crlOcsp,
  cyclonedx,
  der,
  dsse,
  elf,
  erlangApp,
  findlibMeta,
  flatpakDeployment,
  gemspec,
  javascriptLocks,
  jws,
  linuxKernel,
  lockFiles,
  logBody,
  luaLiterals,
  macho,
  modelHeader,
  packageLists,
  pe,
  pearRegistration,
  pythonMetadata,
  releaseFiles,
  rpmdbBdb,
  rpmdbNdb,
  rpmdbSqlite,
  sbomStatement,
  scriptingMetadata,
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
