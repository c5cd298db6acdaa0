import assert from 'node:assert/strict';
import test from 'node:test';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { LayersError } from '../error.ts';
import { decodeVisit, encodeVisit, fromSentError, isDone, isFailed, toSentError } from './protocol.ts';

test('errors arrive as they were sent, whatever they say', () => {
  const detail = { object: 'layer sha256:ab', expected: 'this: and that', found: 'expected nothing, found x' };
  for (const error of [
    new LayersError('LAYER_CORRUPT', 'cannot decompress: all of it', detail),
    new LayersError('TAR_MALFORMED', 'broken', { object: 'o' }),
    new LayersError('LAYER_MISSING', 'gone'),
    new LayersError('TAR_MALFORMED', 'found', { found: 'y' }),
    limitExceeded('layer', LIMITS.layerEntries, 'entries'),
  ]) {
    const arrived = fromSentError(toSentError(error));
    assert.equal(arrived.constructor, error.constructor);
    const parts = ({ code, message, object, expected, found }: typeof arrived): unknown => [
      code,
      message,
      object,
      expected,
      found,
    ];
    assert.deepEqual(parts(arrived), parts(error));
  }
});

test('a visit names a file and the path that the analyser is told', () => {
  for (const visit of [
    { analyser: 0, file: 'etc/os-release', path: 'etc/os-release' },
    { analyser: 5, file: 'opt/日本', path: 'etc/os-release' },
    { analyser: 127, file: '', path: '' },
  ]) {
    assert.deepEqual(decodeVisit(Buffer.from(encodeVisit(visit)), 128), visit);
    assert.equal(decodeVisit(Buffer.from(encodeVisit(visit)), visit.analyser), null, 'no such analyser');
  }
  assert.equal(decodeVisit(Buffer.alloc(0), 1), null);
});

test('ends of jobs that no process of ours would send', () => {
  const good = { actual: null, failure: null, internal: [] };
  assert.ok(isDone(1)(good));
  assert.ok(isDone(1)({ ...good, actual: { tar: `sha256:${'0'.repeat(64)}`, ended: true }, internal: [0] }));
  for (const bad of [
    null,
    [],
    'done',
    {},
    { ...good, more: 1 },
    { ...good, internal: [1] },
    { ...good, internal: [-1] },
    { ...good, internal: ['0'] },
    { ...good, actual: { tar: 'sha256:0', ended: true } },
    { ...good, actual: { tar: `sha256:${'0'.repeat(64)}`, ended: 'yes' } },
    { ...good, failure: { code: '__proto__', problem: '' } },
    { ...good, failure: { code: 'USAGE', problem: '' } },
    { ...good, failure: { code: 'TAR_MALFORMED', problem: 1 } },
    JSON.parse('{"__proto__":{"actual":null,"failure":null,"internal":[]}}'),
  ]) {
    assert.equal(isDone(1)(bad), false, JSON.stringify(bad));
  }
  assert.ok(isFailed(1)({ visit: { analyser: 0, file: 'a', path: 'a' }, message: 'm' }));
  assert.equal(isFailed(1)({ visit: { analyser: 1, file: 'a', path: 'a' }, message: 'm' }), false);
});
