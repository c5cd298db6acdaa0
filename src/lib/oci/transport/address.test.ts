import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classifyAddress, classifyHost, isLoopbackHost } from './address.ts';

const CLASSES: readonly (readonly [kind: string, ...addresses: string[]])[] = [
  [
    'public',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '192.169.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '2002:808:808::1',
  ],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '198.18.0.1', 'fd12::1'],
  ['private', '::ffff:10.0.0.1', '::ffff:a00:1', '64:ff9b::10.0.0.1', '2002:a00:1::', '::ffff:0:192.168.0.1'],
  ['loopback', '127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:ffff:7f00:1'],
  ['link-local', '169.254.169.254', '169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1', '::ffff:169.254.169.254'],
  ['link-local', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16', '64:ff9b::a9fe:a9fe'],
  ['unusable', '0.0.0.0', '::', '224.0.0.1', '255.255.255.255', '240.0.0.1', 'ff02::1', '::ffff:0.0.0.0', '192.0.2.1'],
  ['unusable', '2001:db8::1', '2001::1', '::7f00:1', '100::1', '4000::1'],
];

test('addresses have the class of the network that they are in, whatever form they have', () => {
  for (const [kind, ...addresses] of CLASSES) {
    for (const address of addresses) {
      assert.equal(classifyAddress(address), kind, address);
    }
  }
});

test('an IPv4 address has the same class when an IPv6 address maps it', () => {
  fc.assert(fc.property(fc.ipV4(), (address) => classifyAddress(address) === classifyAddress(`::ffff:${address}`)));
});

test('every address has a class, and nothing else has', () => {
  fc.assert(fc.property(fc.ipV6(), (address) => classifyAddress(address) !== null));
  for (const text of ['', 'localhost', '127.1', '1.2.3', '[::1]', '1.2.3.4.5', ':::', '%eth0']) {
    assert.equal(classifyAddress(text), null, text);
  }
});

test('hosts of URLs are seen through in every spelling of an address', () => {
  for (const host of ['2130706433', '0x7f.1', '127.1', '0177.0.0.1', '[::1]', '[::ffff:127.0.0.1]']) {
    assert.equal(classifyHost(new URL(`http://${host}/`).hostname), 'loopback', host);
  }
  assert.equal(classifyHost('registry.example'), null);
});

test('loopback hosts are addresses and names below localhost, and no others', () => {
  for (const host of ['localhost', 'localhost.', 'registry.localhost', '127.0.0.1', '[::1]']) {
    assert.ok(isLoopbackHost(host), host);
  }
  for (const host of ['localhost.example', 'mylocalhost', '10.0.0.1', '127.0.0.1.nip.example']) {
    assert.ok(!isLoopbackHost(host), host);
  }
});
