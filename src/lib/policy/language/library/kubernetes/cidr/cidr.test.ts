import { libraryContract } from '../../contract.ts';
import { cidr } from './index.ts';

libraryContract(cidr, {
  holds: [
    'cidr("192.168.0.0/16") == cidr("192.168.0.0/16") && cidr("192.168.0.1/16") != cidr("192.168.0.0/16")',
    '["192.168.0.0/16", "::1/128", "0.0.0.0/0", "::/0"].all(x, isCIDR(x))',
    '["192.168.0.0/33", "::1/129", "192.168.0.0", "192.168.0.0/", "192.168.0.0/01", "192.168.0.0/+1", "::ffff:1.2.3.4/96", "fe80::1%a/64", "/1", "1.2.3.4/1/2"]' +
      '.all(x, !isCIDR(x))',
    'cidr("192.168.0.0/24").containsIP("192.168.0.1") && !cidr("192.168.0.0/24").containsIP("192.168.1.1") && !cidr("0.0.0.0/0").containsIP("::1")',
    'cidr("192.168.0.77/24").containsIP(ip("192.168.0.1")) && cidr("2001:db8::/32").containsIP(ip("2001:db8::1")) && !cidr("::/0").containsIP(ip("1.2.3.4"))',
    'cidr("192.168.0.0/16").containsCIDR("192.168.10.0/24") && !cidr("192.168.1.0/24").containsCIDR("192.168.2.0/24")',
    'cidr("192.168.0.0/16").containsCIDR(cidr("192.168.0.0/16")) && !cidr("192.168.0.0/24").containsCIDR(cidr("192.168.0.0/16")) && !cidr("::/0").containsCIDR(cidr("0.0.0.0/0"))',
    'cidr("192.168.0.1/24").ip() == ip("192.168.0.1") && cidr("::1/128").ip().family() == 6',
    'cidr("192.168.0.0/16").prefixLength() == 16 && cidr("::/0").prefixLength() == 0',
    'cidr("192.168.0.1/24").masked() == cidr("192.168.0.0/24") && cidr("1.2.3.4/0").masked() == cidr("0.0.0.0/0") && cidr("1.2.3.4/32").masked() == cidr("1.2.3.4/32")',
    'string(cidr("2001:DB8::0/32")) == "2001:db8::/32"',
  ],
  errors: [
    ['cidr("192.168.0.0/33").prefixLength()', /not a network in CIDR notation: "192\.168\.0\.0\/33"/],
    ['cidr("::/0").containsIP("x")', /not an IP address/],
    ['cidr("::/0").containsCIDR("::1")', /not a network/],
  ],
});
