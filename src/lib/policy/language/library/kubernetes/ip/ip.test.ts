import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { libraryContract } from '../../contract.ts';
import { parseIpOrNull } from './address.ts';
import { ip } from './index.ts';

libraryContract(ip, {
  holds: [
    'ip("127.0.0.1") == ip("127.0.0.1") && ip("::1") == ip("0:0:0:0:0:0:0:1") && ip("0.0.0.1") != ip("::1")',
    '["127.0.0.1", "::1", "::", "1::", "::1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7::"].all(x, isIP(x))',
    '["127.0.0.256", ":::1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "fe80::1%eth0", "::ffff:1.2.3.4", "::ffff:102:304", "1::2::3", ' +
      '"1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", ":1", "1:", "", "1.2.3.4:1", "::1.2.3.4:1", "g::", "0x1.2.3.4"].all(x, !isIP(x))',
    'ip.isCanonical("2001:db8::abcd") && !ip.isCanonical("2001:DB8::ABCD") && !ip.isCanonical("2001:db8::0:0:0:abcd") && ip.isCanonical("1.2.3.4")',
    'ip("127.0.0.1").family() == 4 && ip("::1").family() == 6',
    'ip("0.0.0.0").isUnspecified() && ip("::").isUnspecified() && !ip("::1").isUnspecified()',
    'ip("127.9.9.9").isLoopback() && ip("::1").isLoopback() && !ip("192.168.0.1").isLoopback() && !ip("2001:db8::1").isLoopback()',
    'ip("224.0.0.1").isLinkLocalMulticast() && !ip("224.0.1.1").isLinkLocalMulticast() && ip("ff02::1").isLinkLocalMulticast() && ' +
      '!ip("fd00::1").isLinkLocalMulticast() && ip("ff12::1").isLinkLocalMulticast()',
    'ip("169.254.169.254").isLinkLocalUnicast() && ip("febf::1").isLinkLocalUnicast() && !ip("fec0::1").isLinkLocalUnicast() && !ip("192.168.0.1").isLinkLocalUnicast()',
    '["192.168.0.1", "2001:db8::abcd", "8.8.8.8"].all(x, ip(x).isGlobalUnicast())',
    '["255.255.255.255", "0.0.0.0", "::", "ff00::1", "224.1.1.1", "127.0.0.1", "::1", "fe80::1", "169.254.1.1"].all(x, !ip(x).isGlobalUnicast())',
    'string(ip("2001:0db8:0:0:1:0:0:1")) == "2001:db8::1:0:0:1" && string(ip("1:0:2:0:0:3:0:0")) == "1:0:2::3:0:0" && string(ip("1:0:2:3:4:5:6:7")) == "1:0:2:3:4:5:6:7"',
    'string(ip("::")) == "::" && string(ip("1::")) == "1::" && string(ip("010.0.0.1".replace("010", "10"))) == "10.0.0.1"',
  ],
  errors: [
    ['ip("127.0.0.256").family()', /not an IP address: "127\.0\.0\.256"/],
    ['ip.isCanonical("x")', /not an IP address/],
  ],
});

it('addresses are read and written as URLs have them', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const known = new URL(`http://[${text}]/`).hostname.slice(1, -1);
      assert.equal(parseIpOrNull(text)?.show() ?? 'mapped', known.startsWith('::ffff:') ? 'mapped' : known);
    }),
  );
  fc.assert(fc.property(fc.ipV4(), (text) => assert.equal(parseIpOrNull(text)?.show(), text)));
});
