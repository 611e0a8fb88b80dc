export { startWitness, witnessKey, type RunningWitness, type WitnessOptions } from './witness.ts'
