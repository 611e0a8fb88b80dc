#!/usr/bin/env node
import { runCommand } from '@trembita/example-information-system'
import { startQualityMonitoring } from './index.ts'

const dataFolder = process.env.QUALITY_DATA_FOLDER ?? 'data'

await runCommand('quality-monitoring', 'example monitoring of the quality of services, synthetic data; keeps ratings in QUALITY_DATA_FOLDER (default: data)', (options) => startQualityMonitoring({ ...options, dataFolder }))
