import { libraryContract } from '../../contract.ts';
import { patterns } from './index.ts';

libraryContract(patterns, {
  holds: [
    'packagePatterns(["pkg:npm/a@1", "pkg:npm/a@2", "pkg:golang/x.example/**"]).covers("pkg:golang/x.example/b/c@v1")',
    'cel.bind(p, packagePatterns(["pkg:npm/a@1", "pkg:npm/a@2"]), p.covers("pkg:npm/a@2") && !p.covers("pkg:npm/a@3") && !p.covers("a"))',
    'packagePatterns(["pkg:npm/a"]) == packagePatterns(["pkg:npm/a"]) && packagePatterns(["pkg:npm/a"]) != packagePatterns(["pkg:npm/b"])',
  ],
  errors: [
    [
      'packagePatterns(["pkg:npm/lod*"]).covers("pkg:npm/lodash")',
      /no pattern of packages: expected .* found "pkg:npm\/lod\*"/,
    ],
    [`packagePatterns(["pkg:golang/${'a/'.repeat(65)}**"]).covers("pkg:npm/a")`, /no pattern of packages/],
    ['dyn([1]).map(x, packagePatterns(dyn([x]))).size() == 1', /no such overload/],
  ],
});
