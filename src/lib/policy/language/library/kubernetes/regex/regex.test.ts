import { libraryContract } from '../../contract.ts';
import { kubernetesRegex } from './index.ts';

libraryContract(kubernetesRegex, {
  holds: [
    '"abc 123".find("[0-9]+") == "123" && "abc".find("[0-9]+") == ""',
    '"123 abc 456".findAll("[0-9]+") == ["123", "456"] && "abc".findAll("[0-9]+") == []',
    '"1 2 3".findAll("[0-9]", 2) == ["1", "2"] && "1 2".findAll("[0-9]", 0) == [] && "1 2".findAll("[0-9]", -1) == ["1", "2"]',
  ],
  errors: [['"a".find("(") == ""', /invalid regular expression/]],
});
