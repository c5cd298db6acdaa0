import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '#base/error.ts';
import { AcquireError } from './error.ts';
import { failureOf, isNotThere } from './failure.ts';

/** As registries and their token services throw. */
class Answered extends AppError {
  readonly status: number | null;
  readonly temporary: boolean;

  constructor(code: string, status: number | null, temporary: boolean) {
    super(code, 'said no', { object: 'GET https://10.1.2.3/v2/', found: 'file:/etc/plimsoll/hub' });
    this.status = status;
    this.temporary = temporary;
  }
}

test('what failed says what is wrong upstream, and nothing of this machine', () => {
  const hidden = ['10.1.2.3', 'file:', '/etc'];
  const cases: readonly (readonly [AppError, boolean, RegExp])[] = [
    [new Answered('REGISTRY_STATUS', 404, false), true, /^there is no such image upstream/],
    [new Answered('TOKEN_SERVICE_REFUSED', 404, false), true, /said no/],
    [new Answered('TOKEN_SERVICE_UNAVAILABLE', 503, true), false, /said no/],
    [new Answered('REGISTRY_ADDRESS_REFUSED', null, false), true, /^an address/],
    [new Answered('REGISTRY_UNREACHABLE', null, true), false, /^the registry cannot be reached$/],
    [
      new AcquireError('ACQUIRE_SECRET_MISSING', 'no', { object: 'file:/etc/plimsoll/hub', isTemporary: true }),
      false,
      /^a secret that the source names is not there$/,
    ],
  ];
  for (const [error, isPermanent, reason] of cases) {
    const failure = failureOf(error);
    assert.match(failure.reason, reason);
    assert.equal(failure.isPermanent, isPermanent, error.code);
    assert.equal(isNotThere(failure.reason), error.code === 'REGISTRY_STATUS');
    if (!reason.source.includes('said no') && !isNotThere(failure.reason)) {
      assert.ok(hidden.every((part) => !failure.reason.includes(part)));
    }
  }
});
