#!/usr/bin/env node
import { runCommand } from '@trembita/example-information-system'
import { startQueueSystem } from './index.ts'

const dataFolder = process.env.QUEUE_DATA_FOLDER ?? 'data'

await runCommand('queue-system', 'example queue of a hromada\'s service centres, synthetic data; keeps bookings in QUEUE_DATA_FOLDER (default: data)', (options) => startQueueSystem({ ...options, dataFolder }))
