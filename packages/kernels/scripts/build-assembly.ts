// Compiles assembly/ and writes src/heap/embedded-modules.ts, which is checked in. See ../README.md.
import { writeFileSync } from 'node:fs';
import { embeddedModulesFile, embeddedModulesText } from './compile-assembly.ts';

writeFileSync(embeddedModulesFile, await embeddedModulesText());
