import { relative, resolve } from 'node:path';
import { exportBundle, exportVex, folderSet, isBundleReference, type SigningOptions } from '#assess/index.ts';
import { quote } from '#base/error.ts';
import { printJson } from '#base/json/print.ts';
import { silentLog } from '#base/log.ts';
import type { PolicySet } from '#model/policy.ts';
import type { CommandInput, OptionValues } from '../command.ts';
import { type Config, readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { policyPlace } from '../policy-source.ts';
import { SIGNER_OPTIONS, signingOptions } from '../signing-source.ts';
import { readSourceAccess } from '../source-access.ts';
import { withTimeout } from '../timeout.ts';
import { version } from '../version.ts';
import { isGiven } from './advisories-moving.ts';
import { hostPlatform } from './image-options.ts';
import type { PolicyAction } from './policy-action.ts';

const TOOL = { name: 'plimsoll', version } as const;

export const policyExport: PolicyAction = {
  name: 'export',
  usage: '--to REF|--openvex [FOLDER]',
  description:
    'export --to packs the documents of a folder, with the policies that ship which they select, into one artifact (NAME[:TAG] in a registry, oci:DIR[:TAG], oci-archive:FILE[:TAG]) and signs it with --key or --keyless: PLIMSOLL_POLICIES takes such a reference, and what the trust configuration does not accept is not used. export --openvex prints the exceptions in force as an OpenVEX document, and names on standard error what that cannot say.',
  options: {
    to: { type: 'string', value: 'REF', help: 'export: where the bundle is put' },
    openvex: { type: 'boolean', help: 'export: print the exceptions as OpenVEX' },
    json: { type: 'boolean', help: 'export: print JSON instead of text' },
    ...SIGNER_OPTIONS,
  },
  examples: [
    'plimsoll policy export policies --to registry.example/security/policies:production --key policies.key',
    'PLIMSOLL_POLICIES=registry.example/security/policies:production plimsoll scan --environment production IMAGE',
    'plimsoll policy export policies --openvex > vex.json',
  ],
  arguments: { least: 0, most: 1 },
  run: exportPolicies,
};

async function exportPolicies({ positionals: [folder], options }: CommandInput, io: Io): Promise<number> {
  const to = options.text('to') ?? '';
  const vex = options.flag('openvex');
  if ((to !== '') === vex) {
    throw new Failure('USAGE', 'what is to be exported?', {
      object: 'policy export',
      expected: 'either --to REF, for a bundle, or --openvex',
      found: vex ? 'both' : 'neither',
    });
  }
  const config = readConfig();
  const place = folder ?? (await policyPlace(config));
  if (place !== null && isBundleReference(place)) {
    throw new Failure('USAGE', 'not a folder', {
      object: folder === undefined ? 'PLIMSOLL_POLICIES' : 'policy export',
      expected: 'a folder of documents: what is in a bundle is signed already',
      found: quote(place),
    });
  }
  const set = await folderSet(place === null ? null : resolve(place), (path) => relative('', path));
  return vex ? await printVex(set, options, io) : await pushBundle(set, to, options, config, io);
}

async function printVex(set: PolicySet, options: OptionValues, io: Io): Promise<number> {
  const foreign = ['json', ...Object.keys(SIGNER_OPTIONS)].find((name) => isGiven(options, name));
  if (foreign !== undefined) {
    throw new Failure('USAGE', `--${foreign} does not go with --openvex`, {
      object: 'policy export',
      expected: '--to REF',
    });
  }
  const exported = await exportVex(set.exceptions, TOOL, io.clock.now());
  const { renderExportedVex } = await import('../render/policy-moving.ts');
  io.err(renderExportedVex(exported));
  if (exported.document === null) {
    throw new Failure('NOTHING_TO_EXPORT', 'no exception that OpenVEX can say', {
      object: 'policy export --openvex',
      expected: 'an exception in force for findings',
      found: 'none',
    });
  }
  io.out(printJson(exported.document));
  return 0;
}

async function pushBundle(set: PolicySet, to: string, options: OptionValues, config: Config, io: Io): Promise<number> {
  const { renderExportedBundle } = await import('../render/policy-moving.ts');
  const bundle = await withTimeout(options.text('timeout'), io, async (signal) => {
    return await exportBundle(set, to, {
      tool: TOOL,
      host: hostPlatform(),
      home: config.home,
      cacheBytes: config.cacheBytes,
      access: await readSourceAccess(config.environment, io.clock),
      clock: io.clock,
      signal,
      log: silentLog,
      signing: await signer(options, config, io, signal),
    });
  });
  io.out(renderExportedBundle(bundle, options.flag('json')));
  return 0;
}

/** Null where nobody is to sign now. */
async function signer(
  options: OptionValues,
  config: Config,
  io: Io,
  signal: AbortSignal,
): Promise<SigningOptions | null> {
  if (options.flag('keyless') || options.text('key') !== undefined) {
    return await signingOptions(options, config, io, signal);
  }
  const foreign = Object.keys(SIGNER_OPTIONS).find((name) => isGiven(options, name));
  if (foreign !== undefined) {
    throw new Failure('USAGE', 'who is to sign?', {
      object: `--${foreign}`,
      expected: '--key or --keyless with it',
      found: 'neither',
    });
  }
  return null;
}
