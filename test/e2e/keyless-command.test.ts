import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SigningReport } from '#model/signing-report.ts';
import { evidence } from '../evidence.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { writeImages } from '../fixtures/signed/make/image.ts';
import { identityToken, type SigningServers, startSigningServers } from '../fixtures/signing-servers.ts';

evidence('trust/sign-keyless', 'real tool', 'the command line, with Fulcio and Rekor of @sigstore/mock over HTTP');

const IDENTITY = { subject: 'https://ci.example/voyage/app/release', issuer: 'https://token.ci.example' };
const LATER = 2_000;

describe('keyless, on the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-keyless-'));
  const home = temporaryHome();
  const at = (name: string): string => join(folder, name);
  let servers: SigningServers;
  before(async () => {
    servers = await startSigningServers(LATER);
    await writeImages(at('single'), at('multiple'));
    writeFileSync(at('trusted_root.json'), JSON.stringify(servers.services.trustedRoot));
    writeFileSync(at('token'), token({}));
    await sleep(Math.max(0, servers.services.now - Date.now()));
  });
  after(async () => {
    await servers.close();
    home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function token(claims: Readonly<Record<string, unknown>>): string {
    const exp = Math.floor(servers.services.now / 1000) + 600;
    return identityToken({ iss: IDENTITY.issuer, sub: IDENTITY.subject, aud: 'sigstore', exp, ...claims });
  }

  function layout(): string {
    const copy = mkdtempSync(at('layout-'));
    cpSync(at('single'), copy, { recursive: true });
    return `oci:${copy}:1.0`;
  }

  async function signed(reference: string, ...told: readonly string[]): Promise<Outcome> {
    const services = ['--fulcio', servers.url, '--rekor', servers.url, '--trusted-root', at('trusted_root.json')];
    return await home.plimsoll(['sign', reference, '--keyless', ...services, ...told, '--debug']);
  }

  async function verified(reference: string, subject = IDENTITY.subject): Promise<Outcome> {
    const whom = ['--certificate-identity', subject, '--certificate-oidc-issuer', IDENTITY.issuer];
    return await home.plimsoll(['verify', reference, ...whom, '--trusted-root', at('trusted_root.json')]);
  }

  for (const format of ['bundle', 'cosign-legacy']) {
    it(`signs as whoever the token names, ${format}`, async () => {
      const reference = layout();
      const outcome = await signed(reference, '--identity-token', at('token'), '--format', format, '-o', 'json');
      assert.equal(outcome.code, 0, outcome.err);
      const { by } = JSON.parse(outcome.out) as SigningReport;
      assert.deepEqual(by.identity, IDENTITY);
      assert.deepEqual(by.logs, [`${servers.url}/`]);
      const accepted = await verified(reference);
      assert.equal(accepted.code, 0, accepted.out + accepted.err);
      const refused = await verified(reference, 'https://ci.example/somebody/else');
      assert.equal(refused.code, 1, refused.out);
    });
  }

  it('says who signed on the screen, and the token nowhere', async () => {
    const outcome = await signed(layout(), '--identity-token', at('token'));
    assert.match(outcome.out, new RegExp(`identity +${IDENTITY.subject}\nissuer +${IDENTITY.issuer}`));
    assert.match(outcome.out, /\nlog +http:/);
    const secret = token({}).split('.')[1] ?? '';
    assert.ok(!(outcome.out + outcome.err).includes(secret.slice(0, 40)));
  });

  it('asks nobody with a token that is over, and attaches nothing', async () => {
    writeFileSync(at('old'), token({ exp: Math.floor(Date.now() / 1000) - 120 }));
    const [reference, before] = [layout(), servers.asked.length];
    const outcome = await signed(reference, '--identity-token', at('old'));
    assert.equal(outcome.code, 3, outcome.err);
    assert.match(outcome.err, /expired|over/);
    assert.equal(servers.asked.length, before);
    const evidenceOf = await home.plimsoll(['evidence', reference, '-o', 'json']);
    assert.deepEqual((JSON.parse(evidenceOf.out) as { readonly evidence: readonly unknown[] }).evidence, []);
  });

  it('needs a token, and says where one could come from', async () => {
    const outcome = await signed(layout());
    assert.equal(outcome.code, 3);
    assert.match(outcome.err, /SIGSTORE_ID_TOKEN/);
  });
});
