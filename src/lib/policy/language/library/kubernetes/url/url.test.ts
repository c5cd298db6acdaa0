import { libraryContract } from '../../contract.ts';
import { url } from './index.ts';

libraryContract(url, {
  holds: [
    'isURL("https://user:pass@example.com:80/path?query=val#fragment") && isURL("/absolute-path") && isURL("mailto:a@b") && isURL("*")',
    '["../relative-path", "https://a:b:c/", "", "https://exa mple.com/", "https://[::1/", ":a", "/%zz", "a b", "https://a/\\u007f", "https://%41/", "https://u ser@a/"]' +
      '.all(x, !isURL(x))',
    'url("https://example.com/") == url("https://example.com/") && url("/a") != url("/b")',
    'url("/path").getScheme() == "" && url("HTTPS://example.com/").getScheme() == "https"',
    'url("https://example.com:80/").getHost() == "example.com:80" && url("https://[::1]:80/").getHost() == "[::1]:80" && url("/p").getHost() == ""',
    'url("https://u@example.com:80/").getHostname() == "example.com" && url("https://[::1]:80/").getHostname() == "::1" && url("https://a:/").getHostname() == "a"',
    'url("https://example.com:80/").getPort() == "80" && url("https://example.com/").getPort() == "" && url("https://[::1]/").getPort() == ""',
    'url("https://example.com/path with spaces/").getEscapedPath() == "/path%20with%20spaces/" && url("https://example.com").getEscapedPath() == ""',
    'url("/a%2Fb").getEscapedPath() == "/a%2Fb" && url("//a/b").getEscapedPath() == "//a/b" && url("/é").getEscapedPath() == "/%C3%A9"',
    'url("https://example.com/?k1=a&k2=b&k2=c").getQuery() == {"k1": ["a"], "k2": ["b", "c"]}',
    'url("https://example.com/?a+b=%C3%A9&x;y=1&%zz=1&c#d=e").getQuery() == {"a b": ["é"], "c": [""]}',
    'url("https://example.com/path?").getQuery() == {} && url("https://example.com/#a?b=c").getQuery() == {}',
    'url("//host/path#a").getHost() == "host"',
  ],
  errors: [
    ['url("../relative-path").getHost()', /not a URL: "\.\.\/relative-path"/],
    ['url("/a#%zz").getHost()', /not a URL/],
  ],
});
