import { parentPort, workerData } from 'node:worker_threads'
import { compareParts, type PartPair } from './compare-generations.ts'

/* Compares two large configurations and is done. What it throws reaches whoever waits for the answer. */
parentPort!.postMessage(await compareParts(workerData as readonly PartPair[]))
