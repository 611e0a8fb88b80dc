#!/usr/bin/env node
import { runCommand } from '@trembita/example-information-system'
import { startTaxRegistry } from './index.ts'

await runCommand('tax-registry', 'example tax registers, synthetic data', startTaxRegistry)
