#!/usr/bin/env node
import { runCommand } from '@trembita/example-information-system'
import { startEdrRegistry } from './index.ts'

await runCommand('edr-registry', 'example register of legal entities and entrepreneurs, synthetic data', startEdrRegistry)
