import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { presignUrl, signRequest, type UnsignedRequest } from './sigv4.ts';

evidence('oci/ecr', 'published', 'AWS Signature Version 4 test suite, and the ListUsers example of the IAM user guide');

const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: null,
};
const NOW = Date.UTC(2015, 7, 30, 12, 36, 0);
const SUITE = 'https://example.amazonaws.com/';

interface Vector {
  readonly name: string;
  readonly request: Partial<Omit<UnsignedRequest, 'url'>> & { readonly url: string };
  readonly service?: string;
  readonly signed: string;
  readonly signature: string;
}

const vectors: readonly Vector[] = [
  {
    name: 'get-vanilla',
    request: { url: SUITE },
    signed: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'post-vanilla',
    request: { method: 'POST', url: SUITE },
    signed: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    request: { url: `${SUITE}?Param2=value2&Param1=value1` },
    signed: 'host;x-amz-date',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'post-x-www-form-urlencoded',
    request: {
      method: 'POST',
      url: SUITE,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': '13',
        'x-amz-content-sha256': '9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e',
      },
      body: 'Param1=value1',
    },
    signed: 'content-length;content-type;host;x-amz-content-sha256;x-amz-date',
    signature: 'd3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b',
  },
  {
    name: 'IAM ListUsers',
    request: {
      url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    },
    service: 'iam',
    signed: 'content-type;host;x-amz-date',
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
];

describe('AWS Signature Version 4', () => {
  for (const { name, request, service = 'service', signed, signature } of vectors) {
    it(`signs ${name}`, () => {
      const { method = 'GET', url, headers = {}, body = '' } = request;
      const given = signRequest({ method, url: new URL(url), headers, body }, KEYS, {
        region: 'us-east-1',
        service,
        now: NOW,
      });
      assert.equal(given['x-amz-date'], '20150830T123600Z');
      assert.equal(
        given['authorization'],
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
      );
    });
  }

  it('signs the token of a session, and whole seconds', () => {
    const request: UnsignedRequest = { method: 'GET', url: new URL(SUITE), headers: {}, body: '' };
    const scope = { region: 'us-east-1', service: 'service', now: NOW + 999 };
    const given = signRequest(request, { ...KEYS, sessionToken: 'session' }, scope);
    assert.equal(given['x-amz-security-token'], 'session');
    assert.equal(given['x-amz-date'], '20150830T123600Z');
    assert.match(given['authorization'] ?? '', /SignedHeaders=host;x-amz-date;x-amz-security-token,/);
  });
});

// Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", example.
it('signs a URL as the example of the documentation of Amazon S3', () => {
  const keys = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: null,
  };
  const scope = { region: 'us-east-1', service: 's3', now: Date.UTC(2013, 4, 24), seconds: 86_400 };
  assert.equal(
    presignUrl(new URL('https://examplebucket.s3.amazonaws.com/test.txt'), keys, scope).href,
    'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});
