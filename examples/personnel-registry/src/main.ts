#!/usr/bin/env node
import { runCommand } from '@trembita/example-information-system'
import { startPersonnelRegistry } from './index.ts'

await runCommand('personnel-registry', 'example personnel system of the civil service, synthetic data', startPersonnelRegistry)
