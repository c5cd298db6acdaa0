import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { awsKeysOf, readAwsProfile } from './aws.ts';

const home = mkdtempSync(join(tmpdir(), 'plimsoll-aws-'));
const file = join(home, '.aws/credentials');
after(() => rmSync(home, { recursive: true }));
mkdirSync(join(home, '.aws'));
writeFileSync(
  file,
  [
    '# The example of the user guide of the AWS command line.',
    '[default]',
    'aws_access_key_id=AKIAIOSFODNN7EXAMPLE',
    'aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    '',
    '[user1]\r',
    '  AWS_ACCESS_KEY_ID = ASIAI44QH8DHBEXAMPLE\r',
    '; aws_secret_access_key = another',
    'aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY==',
    'aws_session_token = fcZib3JpZ2luX2IQoJb3JpZ2luX2IQoJb3JpZ2luX2IQoJb3JpZ2luX2IQoJb3JpZVERYLONGSTRINGEXAMPLE',
    '[half]',
    'aws_access_key_id=AKIAIOSFODNN7EXAMPLE',
    'aws_secret_access_key=',
    '[program]',
    'credential_process = /bin/false',
  ].join('\n'),
);

const DEFAULT = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: null,
};

describe('keys of AWS', () => {
  it('are in the environment', () => {
    const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' };
    assert.deepEqual(awsKeysOf(environment), { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' });
    assert.equal(awsKeysOf({ ...environment, AWS_SECRET_ACCESS_KEY: '' }), null);
  });

  it('are in a file, those of the profile', async () => {
    assert.deepEqual(await readAwsProfile({ HOME: home }), DEFAULT);
    assert.deepEqual(await readAwsProfile({ AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: 'default' }), DEFAULT);
    assert.deepEqual(await readAwsProfile({ HOME: home, AWS_PROFILE: 'user1' }), {
      accessKeyId: 'ASIAI44QH8DHBEXAMPLE',
      secretAccessKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY==',
      sessionToken: 'fcZib3JpZ2luX2IQoJb3JpZ2luX2IQoJb3JpZ2luX2IQoJb3JpZ2luX2IQoJb3JpZVERYLONGSTRINGEXAMPLE',
    });
  });

  it('are nowhere', async () => {
    for (const environment of [
      {},
      { HOME: join(home, 'none') },
      { HOME: file },
      { HOME: home, AWS_PROFILE: 'none' },
      { HOME: home, AWS_PROFILE: 'half' },
      { HOME: home, AWS_PROFILE: 'program' },
      { HOME: home, AWS_PROFILE: '__proto__' },
    ]) {
      assert.equal(await readAwsProfile(environment), null, JSON.stringify(environment));
    }
    const folder = { AWS_SHARED_CREDENTIALS_FILE: home };
    await assert.rejects(readAwsProfile(folder), { code: 'CLOUD_CREDENTIALS_INVALID' });
  });
});
