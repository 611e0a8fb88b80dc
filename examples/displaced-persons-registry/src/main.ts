#!/usr/bin/env node
import { runCommand } from '@trembita/example-information-system'
import { startDisplacedPersonsRegistry } from './index.ts'

await runCommand('displaced-persons-registry', 'example database of internally displaced persons, synthetic data', startDisplacedPersonsRegistry)
